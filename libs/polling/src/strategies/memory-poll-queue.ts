import { DueHeap, type DueNode } from '../due-heap.js';
import { PollQueue, type QueuedPoll } from '../ports/poll-queue.js';

interface Node extends DueNode {
  readonly id: string;
}

/** Those that were taken out and are kept in mind, beside as many as wait. */
const MOST_SPARE = 256;

/** A heap in memory: every change costs O(log n), amortised, a look at the earliest O(1). */
export class MemoryPollQueue extends PollQueue {
  readonly #heap = new DueHeap<Node>();
  /**
   * Those that wait, and those that were taken out when they were due: most come back. Where keys come and go, V8 makes a new table
   * every so often.
   */
  readonly #nodes = new Map<string, Node>();

  override get size(): number {
    return this.#heap.size;
  }

  override schedule(id: string, dueAt: number): void {
    this.#heap.schedule(this.#nodes.get(id) ?? this.#add(id), dueAt);
  }

  override remove(id: string): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined) return false;
    const isQueued = node.position >= 0;
    this.#nodes.delete(id);
    this.#heap.remove(node);
    return isQueued;
  }

  override peek(): QueuedPoll | undefined {
    return this.#heap.first;
  }

  override popDue(now: number): QueuedPoll | undefined {
    return this.#heap.popDue(now);
  }

  /** Up to `count` that are among the earliest: the very earliest first, the others in no order. */
  front(count: number): readonly QueuedPoll[] {
    return this.#heap.front(count);
  }

  #add(id: string): Node {
    if (this.#nodes.size > 2 * this.#heap.size + MOST_SPARE) this.#forgetSpare();
    const node = { id, dueAt: 0, order: 0, position: -1 };
    this.#nodes.set(id, node);
    return node;
  }

  #forgetSpare(): void {
    for (const [id, { position }] of this.#nodes) if (position < 0) this.#nodes.delete(id);
  }
}
