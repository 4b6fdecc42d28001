import { describe, expect, it } from 'vitest';

import type { Report } from '../../upstream-simulator/core/report.js';
import { startSimulator } from '../../upstream-simulator/index.js';
import { planTokens } from './plan.js';
import { breachesOf, type EndedToken, type Evidence } from './verdict.js';

const plan = planTokens();
const tokens: readonly EndedToken[] = plan.map(({ secret }) => ({
  label: secret,
  state: 'ready',
  reason: null,
  rampLimit: null,
  counters: { inFlight: 0, submitted: 1, errors: 0 },
}));
const turnedOff = new Set(plan.filter(({ trouble }) => trouble === 'errors').map(({ secret }) => secret));

/** As many as make sure that each quota was filled up. */
function jobsBeyondQuotas({ jobs }: Report): Report['jobs'] {
  return plan
    .filter(({ quotaEverySeconds }) => quotaEverySeconds !== null)
    .flatMap(({ secret, quota }) =>
      Array.from({ length: quota + 1 }, () => jobs.map((job) => ({ ...job, secret, prompt: secret }))).flat(),
    );
}

/** A run in which one video was made, as it should be. */
async function goodRun(): Promise<Evidence> {
  const simulator = await startSimulator({
    credentials: plan.map(({ secret, concurrency }) => ({ secret, concurrency })),
    behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 0 } },
  });
  await fetch(`${simulator.baseUrl}/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plan[0]?.secret ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sora-2', prompt: 'soak 1' }),
  });
  const report = simulator.control.report();
  await simulator.close();
  const upstream = { ...report, jobs: [...report.jobs, ...jobsBeyondQuotas(report)] };
  const generations = [{ status: 'completed', input: { prompt: 'soak 1' }, error: null }];
  return {
    plan,
    asked: 1,
    resumedAt: Number.MAX_SAFE_INTEGER,
    generations,
    tokens,
    turnedOff,
    afterExpiry: new Map(),
    whileCooling: new Map(),
    busiestMinutes: new Map([['sk-soak-06', 15]]),
    upstream,
  };
}

describe('breachesOf', () => {
  it('finds none in a good run', async () => {
    expect(breachesOf(await goodRun())).toEqual([]);
  });

  it.each<readonly [string, (good: Evidence) => Partial<Evidence>]>([
    ['of 2 generations are not listed', () => ({ asked: 2 })],
    [
      '"soak 1" is failed (submission_unknown), upstream: completed',
      ({ generations }) => ({
        generations: generations.map((one) => ({
          ...one,
          status: 'failed',
          error: { code: 'submission_unknown', message: '' },
        })),
      }),
    ],
    ['upstream: nothing', ({ upstream }) => ({ upstream: { ...upstream, jobs: [] } })],
    [
      'was submitted 2 times',
      ({ upstream }) => ({
        upstream: { ...upstream, submissions: [{ prompt: 'soak 1', calls: 2, jobs: 2 }] },
      }),
    ],
    [
      'had 9 at once, its limit is 1',
      ({ upstream }) => ({
        upstream: { ...upstream, secrets: upstream.secrets.map((one) => ({ ...one, maxInFlight: 9 })) },
      }),
    ],
    [
      'was asked past its limit',
      ({ upstream }) => ({
        upstream: {
          ...upstream,
          secrets: upstream.secrets.map((one) => ({ ...one, violations: { concurrency: 1, hammering: 0 } })),
        },
      }),
    ],
    ['was asked 3 times while it was told to wait', () => ({ whileCooling: new Map([['sk-soak-15', 3]]) })],
    [
      'sk-soak-06 was asked 16 times in a minute, its limit is 15',
      () => ({ busiestMinutes: new Map([['sk-soak-06', 16]]) }),
    ],
    [
      'sk-soak-04 was not used again after its quota of 5 was filled up: 5 jobs',
      ({ upstream }) => {
        const of = upstream.jobs.filter(({ secret }) => secret === 'sk-soak-04');
        const jobs = upstream.jobs.filter((job) => job !== of[0]);
        return { asked: 2_000, upstream: { ...upstream, jobs } };
      },
    ],
    ['was used 2 times after its end', () => ({ afterExpiry: new Map([['sk-soak-05', 2]]) })],
    ['errors did not turn sk-soak-02 off', () => ({ turnedOff: new Set<string>() })],
    [
      'sk-soak-01 did not come back: 3 errors',
      () => ({ tokens: tokens.map((one) => ({ ...one, state: 'disabled', reason: '3 errors' })) }),
    ],
    [
      'sk-soak-02 may still serve only 1 at once',
      () => ({
        tokens: tokens.map((one) => ({
          ...one,
          rampLimit: 1,
          counters: { ...one.counters, submitted: one.label === 'sk-soak-02' ? 21 : 20 },
        })),
      }),
    ],
    [
      'sk-soak-01 still holds a lease',
      () => ({ tokens: tokens.map((one) => ({ ...one, counters: { ...one.counters, inFlight: 1 } })) }),
    ],
  ])('finds that %s', async (breach, changes) => {
    const good = await goodRun();
    expect(breachesOf({ ...good, ...changes(good) }).join()).toContain(breach);
  });
});
