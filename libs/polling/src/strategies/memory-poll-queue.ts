import { PollQueue, type QueuedPoll } from '../ports/poll-queue.js';

interface Node extends QueuedPoll {
  dueAt: number;
  order: number;
  /** Where it is in the heap. */
  position: number;
}

/** A binary heap that knows where each id is: every change costs O(log n), a look at the earliest O(1). */
export class MemoryPollQueue extends PollQueue {
  readonly #heap: Node[] = [];
  readonly #nodes = new Map<string, Node>();
  #order = 0;

  override get size(): number {
    return this.#heap.length;
  }

  override schedule(id: string, dueAt: number): void {
    const known = this.#nodes.get(id);
    if (known === undefined) {
      const node = { id, dueAt, order: this.#order++, position: this.#heap.length };
      this.#nodes.set(id, node);
      this.#moveUp(node);
    } else {
      known.dueAt = dueAt;
      known.order = this.#order++;
      this.#restore(known);
    }
  }

  override remove(id: string): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined) return false;
    this.#take(node);
    return true;
  }

  override peek(): QueuedPoll | undefined {
    return this.#heap[0];
  }

  override popDue(now: number): QueuedPoll | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueAt > now) return undefined;
    this.#take(first);
    return first;
  }

  /** Up to `count` that are among the earliest: the very earliest first, the others in no order. */
  front(count: number): readonly QueuedPoll[] {
    return this.#heap.slice(0, count);
  }

  #take(node: Node): void {
    this.#nodes.delete(node.id);
    const last = this.#heap.pop();
    if (last === undefined || last === node) return;
    last.position = node.position;
    this.#restore(last);
  }

  /** Moves a node from its position to where it belongs: up, or else down. */
  #restore(node: Node): void {
    const { position } = node;
    this.#moveUp(node);
    if (node.position === position) this.#moveDown(node);
  }

  /** Those above it that belong below it move down by one. */
  #moveUp(node: Node): void {
    let { position } = node;
    while (position > 0) {
      const parent = this.#heap[(position - 1) >> 1];
      if (parent === undefined || !isBefore(node, parent)) break;
      const from = parent.position;
      this.#place(parent, position);
      position = from;
    }
    this.#place(node, position);
  }

  /** Those below it that belong above it move up by one. */
  #moveDown(node: Node): void {
    let { position } = node;
    for (;;) {
      const child = this.#firstChild(position);
      if (child === undefined || !isBefore(child, node)) break;
      const from = child.position;
      this.#place(child, position);
      position = from;
    }
    this.#place(node, position);
  }

  #firstChild(position: number): Node | undefined {
    const left = this.#heap[2 * position + 1];
    const right = this.#heap[2 * position + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  #place(node: Node, position: number): void {
    this.#heap[position] = node;
    node.position = position;
  }
}

const isBefore = (a: Node, b: Node): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
