import { collectedHeap } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { describePollQueue } from '../../testing/index.js';
import { MemoryPollQueue } from './memory-poll-queue.js';

describePollQueue('MemoryPollQueue', () => new MemoryPollQueue());

describe('MemoryPollQueue', () => {
  it('drains a large queue in order, with half of it moved or removed on the way', () => {
    const queue = new MemoryPollQueue();
    const count = 100_000;
    for (let i = 0; i < count; i += 1) queue.schedule(`id-${i}`, (i * 7919) % count);
    for (let i = 0; i < count; i += 4) queue.remove(`id-${i}`);
    for (let i = 1; i < count; i += 4) queue.schedule(`id-${i}`, count + i);
    let previous = -1;
    let drained = 0;
    for (let poll = queue.popDue(Infinity); poll !== undefined; poll = queue.popDue(Infinity)) {
      if (poll.dueAt < previous) throw new Error(`${poll.id} came out after ${previous}`);
      previous = poll.dueAt;
      drained += 1;
    }
    expect(drained).toBe((count * 3) / 4);
    expect(queue.size).toBe(0);
  });

  it('takes back what went out long ago, in its new order', () => {
    const queue = new MemoryPollQueue();
    for (let at = 0; at < 2_000; at += 1) {
      queue.schedule(`id-${at}`, at);
      expect(queue.popDue(at)?.id).toBe(`id-${at}`);
    }
    for (const id of ['id-1999', 'id-0', 'id-1']) queue.schedule(id, 5_000);
    expect(queue.remove('id-0')).toBe(true);
    expect(queue.remove('id-2')).toBe(false);
    expect([queue.popDue(5_000)?.id, queue.popDue(5_000)?.id, queue.size]).toEqual(['id-1999', 'id-1', 0]);
  });

  it('keeps no memory of all that ever went out', () => {
    const queue = new MemoryPollQueue();
    const heapAfter = (from: number, to: number): number => {
      for (let at = from; at < to; at += 1) {
        queue.schedule(`id-${at}`, at);
        queue.popDue(at);
      }
      return collectedHeap();
    };
    const before = heapAfter(0, 1_000);
    // Kept, each of them would take some 150 bytes.
    expect(heapAfter(1_000, 200_000) - before).toBeLessThan(10_000_000);
    expect(queue.size).toBe(0);
  });
});
