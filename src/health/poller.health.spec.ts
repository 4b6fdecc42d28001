import type { PollScheduler, PollSchedulerStats } from 'penstock/polling';
import { expect, it } from 'vitest';

import { PollerHealth } from './poller.health.js';

const healthAt = (overdueMs: number) => {
  const counts = { tracked: 9, active: 1, waiting: 8, due: 0, abandoned: 0 };
  const stats: PollSchedulerStats = { ...counts, overdueMs, stretch: 1.234 };
  const scheduler: Pick<PollScheduler, 'stats'> = { stats: () => stats };
  return new PollerHealth(scheduler).check();
};

it.each([
  [0, 'up'],
  [5_000, 'up'],
  [5_001, 'degraded'],
  [30_000, 'degraded'],
  [30_001, 'down'],
])('is, with something due for %i ms, %s', (overdueMs, status) => {
  expect(healthAt(overdueMs)).toMatchObject({
    status,
    detail: { tracked: 9, active: 1, overdueMs, stretch: 1.23 },
  });
});

it('says what is wrong', () => {
  expect(healthAt(40_000.4).detail['message']).toBe(
    'Nothing was polled for 40000 ms although something was due.',
  );
  expect(healthAt(10).detail).not.toHaveProperty('message');
});
