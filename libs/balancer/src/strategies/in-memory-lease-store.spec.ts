import { ManualClock } from 'penstock/kernel/testing';
import { expect, it } from 'vitest';

import { describeLeaseStore } from '../../testing/index.js';
import { NO_BOUND } from '../lease.js';
import { InMemoryLeaseStore } from './in-memory-lease-store.js';

const claim = { holder: 'a', tokenId: 'token', kind: 'video', group: null, provider: null };
const bounds = { token: { atOnce: 1, perMinute: Infinity }, group: NO_BOUND, provider: NO_BOUND };

describeLeaseStore('InMemoryLeaseStore', () => {
  const clock = new ManualClock();
  return { store: new InMemoryLeaseStore(clock), clock };
});

it('decides at once', () => {
  const store = new InMemoryLeaseStore();
  expect(store.reserve(claim, bounds)).toBe(true);
  expect(store.reserve({ ...claim, holder: 'b' }, bounds)).toBe(false);
  expect(() => store.reserve(claim, bounds)).toThrow(expect.objectContaining({ code: 'lease_held' }));
  expect(store.release(claim)).toBe(true);
});

it('keeps the claim as it was when it was made', () => {
  const store = new InMemoryLeaseStore();
  const changing = { ...claim };
  expect(store.reserve(changing, bounds)).toBe(true);
  changing.tokenId = 'other';
  expect(store.release(claim)).toBe(true);
});
