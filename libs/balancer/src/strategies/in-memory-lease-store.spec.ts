import { expect, it } from 'vitest';

import { describeLeaseStore } from '../../testing/index.js';
import { InMemoryLeaseStore } from './in-memory-lease-store.js';

describeLeaseStore('InMemoryLeaseStore', () => new InMemoryLeaseStore());

it('has decided when the call returns, so that nobody can come in between', () => {
  const store = new InMemoryLeaseStore();
  void store.reserve({ holder: 'a', tokenId: 'token', kind: 'video' }, 1);
  expect(store.inFlight('token', 'video')).toBe(1);
});

it('keeps the claim as it was when it was made', async () => {
  const store = new InMemoryLeaseStore();
  const claim = { holder: 'a', tokenId: 'token', kind: 'video' };
  await store.reserve(claim, 1);
  claim.tokenId = 'other';
  expect(await store.release({ ...claim, tokenId: 'token' })).toBe(true);
});
