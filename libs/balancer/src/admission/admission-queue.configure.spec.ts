import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { expect, it } from 'vitest';

import { aBalancer, aLeaseRequest } from '../../testing/index.js';
import { InMemoryLeaseStore } from '../strategies/in-memory-lease-store.js';
import { PowerOfTwoChoices } from '../strategies/power-of-two-choices.js';
import { AdmissionQueue } from './admission-queue.js';

it('AdmissionQueue.configure counts for those who enter from then on', async () => {
  const clock = new ManualClock();
  const { kind } = aLeaseRequest();
  const cache = await loadedTokenCache(clock, [aToken({ limits: { [kind]: 1 } })]);
  const strategy = new PowerOfTwoChoices(new SeededRandom(1));
  const balancer = aBalancer({ cache, store: new InMemoryLeaseStore(), strategy, clock });
  const queue = new AdmissionQueue(balancer, { maxWaiting: 2 }, clock);
  const enter = async (holder: string): Promise<void> => {
    queue.enter(aLeaseRequest({ holder })).lease.catch(() => undefined);
    await clock.advance(0);
  };
  for (const holder of ['served', 'first', 'second']) await enter(holder);
  queue.configure({ maxWaiting: 1 });
  expect(queue.stats().waiting).toBe(2);
  await expect(enter('third')).rejects.toMatchObject({ code: 'queue_full', retryAfterMs: 5_000 });
  queue.configure({ maxWaiting: 3, fullRetryAfterMs: 70 });
  await enter('third');
  await expect(enter('fourth')).rejects.toMatchObject({ retryAfterMs: 70 });
  expect(() => {
    queue.configure({ maxWaiting: 0 });
  }).toThrow('maxWaiting must be an integer >= 1, got 0');
  expect(queue.stats().waiting).toBe(3);
  await queue.onModuleDestroy();
});
