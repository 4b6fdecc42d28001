import { InMemoryLeaseStore } from 'penstock/balancer';
import { ManualClock } from 'penstock/kernel/testing';

import { expect, it } from 'vitest';

import { describeLeaseStore, RemoteLeaseStore } from './index.js';

describeLeaseStore('RemoteLeaseStore', () => {
  const clock = new ManualClock();
  const remote = new InMemoryLeaseStore(clock);
  const travel = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { store: new RemoteLeaseStore({ travel, remote }), clock };
});

it('changes nothing while it fails', async () => {
  const store = new RemoteLeaseStore({ travel: () => Promise.resolve() });
  store.failure = new Error('connection lost');
  const claim = { holder: 'a', tokenId: 'b', kind: 'c', group: null, provider: null };
  const bound = { atOnce: Infinity, perMinute: Infinity };
  const bounds = { token: bound, group: bound, provider: bound };
  await expect(store.adopt(claim, bounds, 0)).rejects.toThrow('connection lost');
  expect(store.size).toBe(0);
});
