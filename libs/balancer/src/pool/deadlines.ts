import { type HeapItem, IndexedHeap } from '../selection/indexed-heap.js';

/** What changes at a time, in milliseconds on the monotonic clock; `Infinity` for never. */
export interface Due extends HeapItem {
  dueAt: number;
}

/** What is to be looked at when its time comes. */
export class Deadlines<T extends Due> {
  readonly #heap = new IndexedHeap<T>((left, right) => left.dueAt < right.dueAt);

  /** What the first was due at when it was last looked at. */
  #known = Infinity;

  /** @param onEarlier - something is due before all that was there */
  constructor(private readonly onEarlier: () => void) {}

  /** When the first is due; `Infinity` when nothing is. */
  get dueAt(): number {
    return this.#heap.peek()?.dueAt ?? Infinity;
  }

  /** Takes over the item's present time. */
  schedule(item: T): void {
    if (item.dueAt === Infinity) this.#heap.remove(item);
    else this.#heap.update(item);
    const before = this.#known;
    this.#known = this.dueAt;
    if (this.#known < before) this.onEarlier();
  }

  remove(item: T): void {
    this.#heap.remove(item);
    this.#known = this.dueAt;
  }

  /** The first if it is due by then, which is taken out. */
  next(monotonic: number): T | undefined {
    const first = this.#heap.peek();
    if (first === undefined || first.dueAt > monotonic) return undefined;
    this.#heap.remove(first);
    this.#known = this.dueAt;
    return first;
  }
}
