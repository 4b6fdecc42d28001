/** What an {@link IndexedHeap} holds. */
export interface HeapItem {
  /** Where it stands; the heap's own. -1 while it is in none. */
  place: number;
}

/**
 * A binary heap whose members know their place, so that any of them moves or leaves in O(log n). A member is in one
 * heap at a time.
 */
export class IndexedHeap<T extends HeapItem> {
  readonly #items: T[] = [];

  /** @param before - whether the left one comes first */
  constructor(private readonly before: (left: T, right: T) => boolean) {}

  get size(): number {
    return this.#items.length;
  }

  /** The first of all. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
    this.#rise(item);
  }

  /** Puts a member right whose order may have changed; adds it when it is in no heap. */
  update(item: T): void {
    if (item.place < 0) this.push(item);
    else if (this.#rise(item) === item.place) this.#sink(item);
  }

  /** Does nothing with what is in no heap. */
  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#set(place, last);
    this.update(last);
  }

  #set(place: number, item: T): void {
    this.#items[place] = item;
    item.place = place;
  }

  /** @returns the place that it started from, which is the one it has when it did not move */
  #rise(item: T): number {
    const from = item.place;
    let place = from;
    while (place > 0) {
      const parent = this.#items[(place - 1) >> 1];
      if (parent === undefined || !this.before(item, parent)) break;
      this.#set(place, parent);
      place = (place - 1) >> 1;
    }
    this.#set(place, item);
    return from;
  }

  #sink(item: T): void {
    let place = item.place;
    for (;;) {
      const child = this.#firstChildOf(place);
      if (child === undefined || !this.before(child, item)) break;
      const next = child.place;
      this.#set(place, child);
      place = next;
    }
    this.#set(place, item);
  }

  #firstChildOf(place: number): T | undefined {
    const left = this.#items[2 * place + 1];
    const right = this.#items[2 * place + 2];
    return left !== undefined && right !== undefined && this.before(right, left) ? right : left;
  }
}
