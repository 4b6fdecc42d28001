import { ManualClock } from 'penstock/kernel/testing';
import { expect, it } from 'vitest';

import { resolveSimulatorOptions } from '../simulator.options.js';
import { reportOn } from './report.js';
import { submit } from './submit.js';
import { newWorld } from './world.js';

const REQUEST = { model: 'm', size: 's', seconds: '4', remixedFrom: null, reference: null };

it('holds twenty thousand jobs without a timer, and counts those in flight exactly', async () => {
  const clock = new ManualClock();
  const behaviour = { queue: { medianMs: 0 }, duration: { medianMs: 60_000, sigma: 0.5 } };
  const settings = resolveSimulatorOptions({ clock, behaviour, credentials: [{ secret: 'k' }] });
  const world = newWorld(settings);
  const credential = world.credentials.admit('k', clock.now());
  const caller = { credential, fault: undefined, idempotencyKey: undefined };
  for (let index = 0; index < 20_000; index += 1) {
    submit(world, caller, { ...REQUEST, prompt: `p${index}` });
    if (index % 100 === 0) clock.jump(50);
  }
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(50_000);
  const { jobs, secrets, submissions } = reportOn(world);
  const running = jobs.filter(({ finishedAt }) => finishedAt === null).length;
  expect(secrets[0]).toMatchObject({ inFlight: running, maxInFlight: expect.any(Number) as number });
  expect(running).toBeGreaterThan(5_000);
  expect(running).toBeLessThan(15_000);
  expect(submissions).toHaveLength(20_000);
});
