import { DueHeap, type DueNode } from '../due-heap.js';
import { PollQueue, type QueuedPoll } from '../ports/poll-queue.js';

interface Node extends DueNode {
  readonly id: string;
}

/** A heap in memory: every change costs O(log n), a look at the earliest O(1). */
export class MemoryPollQueue extends PollQueue {
  readonly #heap = new DueHeap<Node>();
  readonly #nodes = new Map<string, Node>();

  override get size(): number {
    return this.#heap.size;
  }

  override schedule(id: string, dueAt: number): void {
    const node = this.#nodes.get(id) ?? { id, dueAt, order: 0, position: -1 };
    this.#nodes.set(id, node);
    this.#heap.schedule(node, dueAt);
  }

  override remove(id: string): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined) return false;
    this.#nodes.delete(id);
    this.#heap.remove(node);
    return true;
  }

  override peek(): QueuedPoll | undefined {
    return this.#heap.first;
  }

  override popDue(now: number): QueuedPoll | undefined {
    const due = this.#heap.popDue(now);
    if (due !== undefined) this.#nodes.delete(due.id);
    return due;
  }

  /** Up to `count` that are among the earliest: the very earliest first, the others in no order. */
  front(count: number): readonly QueuedPoll[] {
    return this.#heap.front(count);
  }
}
