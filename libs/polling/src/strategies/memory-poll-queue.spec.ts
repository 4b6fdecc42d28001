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
});
