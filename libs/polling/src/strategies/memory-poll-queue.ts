import { PollQueue, type QueuedPoll } from '../ports/poll-queue.js';

interface Node extends QueuedPoll {
  readonly order: number;
}

/** A binary heap that knows where each id is: every change costs O(log n), a look at the earliest O(1). */
export class MemoryPollQueue extends PollQueue {
  readonly #heap: Node[] = [];
  readonly #positions = new Map<string, number>();
  #order = 0;

  override get size(): number {
    return this.#heap.length;
  }

  override schedule(id: string, dueAt: number): void {
    const position = this.#positions.get(id) ?? this.#heap.length;
    this.#place({ id, dueAt, order: this.#order++ }, position);
    this.#restore(position);
  }

  override remove(id: string): boolean {
    const position = this.#positions.get(id);
    if (position === undefined) return false;
    this.#positions.delete(id);
    const last = this.#heap.pop();
    if (last !== undefined && last.id !== id) {
      this.#place(last, position);
      this.#restore(position);
    }
    return true;
  }

  override peek(): QueuedPoll | undefined {
    return this.#heap[0];
  }

  override popDue(now: number): QueuedPoll | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueAt > now) return undefined;
    this.remove(first.id);
    return first;
  }

  /** Up to `count` that are among the earliest: the very earliest first, the others in no order. */
  front(count: number): readonly QueuedPoll[] {
    return this.#heap.slice(0, count);
  }

  #place(node: Node, position: number): void {
    this.#heap[position] = node;
    this.#positions.set(node.id, position);
  }

  /** Moves the node at `position` to where it belongs: up, or else down. */
  #restore(position: number): void {
    if (!this.#moveUp(position)) this.#moveDown(position);
  }

  #moveUp(from: number): boolean {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.#swapIfBefore(position, parent)) break;
      position = parent;
    }
    return position !== from;
  }

  #moveDown(from: number): void {
    let position = from;
    for (;;) {
      const left = 2 * position + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, position)) return;
      position = child;
    }
  }

  /** Swaps the two when the first one belongs above the second. */
  #swapIfBefore(lower: number, upper: number): boolean {
    const [a, b] = [this.#heap[lower], this.#heap[upper]];
    if (a === undefined || b === undefined || !this.#isBefore(lower, upper)) return false;
    this.#place(a, upper);
    this.#place(b, lower);
    return true;
  }

  #isBefore(first: number, second: number): boolean {
    const [a, b] = [this.#heap[first], this.#heap[second]];
    if (a === undefined || b === undefined) return false;
    return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
  }
}
