import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR, type Behaviour } from './behaviour.js';
import { JobPlanner, type JobPlan } from './job-planner.js';

const behaviour = (change: Partial<Behaviour>): Behaviour => ({ ...DEFAULT_BEHAVIOUR, ...change });

function plans(seed: number, prompts: readonly string[], change: Partial<Behaviour> = {}): JobPlan[] {
  const planner = new JobPlanner(seed);
  return prompts.map((prompt) => planner.plan(prompt, behaviour(change)));
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `prompt ${index}`);

describe('JobPlanner', () => {
  it('repeats itself with the same seed, and only then', () => {
    expect(plans(7, numbered(20))).toEqual(plans(7, numbered(20)));
    expect(plans(8, numbered(20))).not.toEqual(plans(7, numbered(20)));
  });

  it('gives a prompt the same fate in whatever order prompts arrive', () => {
    const fates = (order: readonly string[]): object =>
      Object.fromEntries(
        plans(3, order).map(({ runMs, queuedMs, noise }, at) => [
          order[at] ?? '',
          { runMs, queuedMs, noise },
        ]),
      );
    fc.assert(
      fc.property(fc.shuffledSubarray(numbered(12), { minLength: 12 }), (order) => {
        expect(fates(order)).toEqual(fates(numbered(12)));
      }),
      { numRuns: 30 },
    );
  });

  it('tells repeated prompts apart', () => {
    const runs = plans(1, ['same', 'same', 'same']).map(({ runMs }) => runMs);
    expect(new Set(runs).size).toBe(3);
  });

  it('makes ids unique', () => {
    const ids = plans(1, [...numbered(2000), ...numbered(2000)]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4000);
    expect(ids[0]).toMatch(/^video_[0-9a-f]{16}$/);
  });

  it('spreads durations log-normally around the median', () => {
    const duration = { medianMs: 10_000, sigma: 0.5 };
    const logs = plans(1, numbered(4000), { duration }).map(({ runMs }) => Math.log(runMs / 10_000));
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(deviation).toBeGreaterThan(0.47);
    expect(deviation).toBeLessThan(0.53);
  });

  it('takes exactly the median without sigma, times the scale, in whole milliseconds', () => {
    const change = {
      queue: { medianMs: 100, sigma: 0 },
      duration: { medianMs: 1001, sigma: 0 },
      timeScale: 0.1,
    };
    expect(plans(1, ['x'], change)[0]).toMatchObject({ queuedMs: 10, runMs: 100 });
  });

  it('fails the share asked for, with the code asked for', () => {
    const failed = plans(1, numbered(4000), { failureRate: 0.2, failureCode: 'content_policy_violation' })
      .map(({ failure }) => failure)
      .filter((failure) => failure !== null);
    expect(failed.length / 4000).toBeGreaterThan(0.17);
    expect(failed.length / 4000).toBeLessThan(0.23);
    expect(failed[0]).toEqual({
      code: 'content_policy_violation',
      message: 'The request was rejected by the content policy.',
    });
  });

  it('does not change durations when only the failure rate changes', () => {
    const runs = (failureRate: number): number[] =>
      plans(1, numbered(50), { failureRate }).map(({ runMs }) => runMs);
    expect(runs(0.9)).toEqual(runs(0));
  });
});
