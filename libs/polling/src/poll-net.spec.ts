import { expect, it } from 'vitest';

import { PollNet } from './poll-net.js';
import { TrackedPoll } from './tracked-poll.js';

const GRACE_MS = 15_000;

/** Has polls find ends of which no callback tells. @returns after each one, whether what was put off should be hurried */
function miss(net: PollNet, times: number): readonly boolean[] {
  return Array.from({ length: times }, (_, index) => {
    const request = { id: String(index), tokenId: 'a', kind: 'video', progress: null, callbacks: 'studio' };
    net.ended(new TrackedPoll({ ...request, remainingMs: 60_000 }, 0), 0);
    return net.tick(GRACE_MS).has('studio');
  });
}

it('has what was put off hurried while callbacks begin to stay away, and not again with each later miss', () => {
  expect(miss(new PollNet(), 6)).toEqual([false, true, true, false, false, false]);
});
