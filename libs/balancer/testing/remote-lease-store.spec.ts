import { expect, it } from 'vitest';

import { describeLeaseStore, RemoteLeaseStore } from './index.js';

const travel = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describeLeaseStore('RemoteLeaseStore', () => new RemoteLeaseStore({ travel }));

it('changes nothing while it fails', async () => {
  const store = new RemoteLeaseStore({ travel });
  store.failure = new Error('connection lost');
  await expect(store.adopt({ holder: 'a', tokenId: 'b', kind: 'c' })).rejects.toThrow('connection lost');
  expect(store.size).toBe(0);
});
