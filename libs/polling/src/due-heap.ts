/** What a {@link DueHeap} holds. It is in one heap at a time, and only that heap changes it. */
export interface DueNode {
  /** When it is due, in milliseconds on the monotonic clock. */
  dueAt: number;
  /** Tells which of equal times was scheduled first. */
  order: number;
  /** Where it is in the heap; -1 while it is in none. */
  position: number;
}

const OUT = -1;
/** With four below each, the times that are compared lie beside each other, and half as many nodes move as in a binary heap. */
const BRANCHES = 4;

/** A heap whose nodes know where they are: every change costs O(log n), a look at the earliest O(1). */
export class DueHeap<T extends DueNode> {
  readonly #nodes: T[] = [];
  /** The time of each node once more: beside each other, they are looked at without a look at the nodes. */
  readonly #times: number[] = [];
  #order = 0;

  get size(): number {
    return this.#nodes.length;
  }

  /** The earliest; of equal times, the one scheduled first. */
  get first(): T | undefined {
    return this.#nodes[0];
  }

  /** Adds a node that is in no heap, or moves one of this heap to its new time. */
  schedule(node: T, dueAt: number): void {
    node.dueAt = dueAt;
    node.order = this.#order++;
    if (node.position < 0) node.position = this.#nodes.length;
    this.#restore(node);
  }

  /** Takes a node of this heap out; one that is in no heap changes nothing. */
  remove(node: T): void {
    const { position } = node;
    if (position < 0) return;
    node.position = OUT;
    const last = this.#nodes.pop();
    this.#times.pop();
    if (last === undefined || last === node) return;
    last.position = position;
    this.#restore(last);
  }

  /** Takes out the earliest whose time is `now` or before. */
  popDue(now: number): T | undefined {
    const first = this.#nodes[0];
    if (first === undefined || first.dueAt > now) return undefined;
    this.remove(first);
    return first;
  }

  /** Up to `count` that are among the earliest: the very earliest first, the others in no order. */
  front(count: number): readonly T[] {
    return this.#nodes.slice(0, count);
  }

  /** Moves a node from its position to where it belongs: up, or else down. */
  #restore(node: T): void {
    const { position } = node;
    this.#moveUp(node);
    if (node.position === position) this.#moveDown(node);
  }

  /** Those above it that belong below it move down by one. */
  #moveUp(node: T): void {
    let { position } = node;
    while (position > 0) {
      const above = Math.floor((position - 1) / BRANCHES);
      if (!this.#isBefore(node, above)) break;
      this.#copy(above, position);
      position = above;
    }
    this.#place(node, position);
  }

  /** Those below it that belong above it move up by one. */
  #moveDown(node: T): void {
    let { position } = node;
    for (let first = this.#firstBelow(position); first !== OUT; first = this.#firstBelow(position)) {
      if (this.#isBefore(node, first)) break;
      this.#copy(first, position);
      position = first;
    }
    this.#place(node, position);
  }

  /** Where the earliest of those right below a position is; `OUT` when there is none. */
  #firstBelow(position: number): number {
    const times = this.#times;
    const from = BRANCHES * position + 1;
    const end = Math.min(from + BRANCHES, times.length);
    if (from >= end) return OUT;
    let first = from;
    let earliest = times[from] ?? Infinity;
    for (let below = from + 1; below < end; below += 1) {
      const time = times[below] ?? Infinity;
      if (time > earliest || (time === earliest && this.#orderAt(below) > this.#orderAt(first))) continue;
      first = below;
      earliest = time;
    }
    return first;
  }

  #isBefore({ dueAt, order }: T, position: number): boolean {
    const other = this.#times[position] ?? Infinity;
    return dueAt < other || (dueAt === other && order < this.#orderAt(position));
  }

  #orderAt(position: number): number {
    return this.#nodes[position]?.order ?? Infinity;
  }

  #copy(from: number, to: number): void {
    const node = this.#nodes[from];
    if (node !== undefined) this.#place(node, to);
  }

  #place(node: T, position: number): void {
    this.#nodes[position] = node;
    this.#times[position] = node.dueAt;
    node.position = position;
  }
}
