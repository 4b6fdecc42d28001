import { PredictiveStrategy, StagesStrategy, type PollingStrategy } from 'penstock/polling';
import { SeededRandom } from 'penstock/kernel/testing';

import { type CrowdCost, type CrowdOptions, runCrowd } from './crowd.js';
import { Distributions } from './distributions.js';
import type { JobSource } from './job.js';
import { steady, stuckAtZero, type ProgressStyle } from './progress.js';

/** Generations that are asked about together, or hardly at all, and what is to be reached. */
interface Setting {
  readonly name: string;
  readonly medianS: number;
  readonly progress: ProgressStyle;
  readonly how: Pick<CrowdOptions, 'atOnce' | 'perMinute' | 'lists' | 'callbackRate'>;
  /** Less than this many requests a generation, and this much delay in milliseconds. */
  readonly targets: { readonly requests?: number; readonly delayMs?: number };
}

const WEBHOOKS = { atOnce: 10, callbackRate: 0.98 } as const;

const SETTINGS: readonly Setting[] = [
  {
    name: 'lists, 30 at once',
    medianS: 120,
    progress: steady(1),
    how: { atOnce: 30, lists: true },
    targets: { requests: 3, delayMs: 400 },
  },
  {
    name: '5 requests a second, 100 at once',
    medianS: 120,
    progress: steady(1),
    how: { atOnce: 100, perMinute: 300 },
    targets: { delayMs: 1_500 },
  },
  ...[12, 60, 120, 300].map((medianS) => ({
    name: `webhooks at 98 %, ${String(medianS)} s`,
    medianS,
    progress: steady(1),
    how: WEBHOOKS,
    targets: { requests: 2.5 },
  })),
  {
    name: 'webhooks at 98 %, 120 s, stuck at 0',
    medianS: 120,
    progress: stuckAtZero,
    how: WEBHOOKS,
    targets: { requests: 2.5 },
  },
];

const TRAINING = 300;
const MEASURED = 600;

function jobsOf({ medianS, progress }: Setting, seed: number): JobSource {
  const draw = new Distributions(new SeededRandom(seed));
  return () => {
    const durationMs = 1_000 * draw.logNormal(medianS, 0.5);
    return { durationMs, failed: false, progressAt: progress(durationMs, draw) };
  };
}

/** What many generations on one token cost, beside the stages in the same place, as rows of a table. */
export async function crowdTable(seed: number): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const setting of SETTINGS) {
    const costOf = (strategy: PollingStrategy, how: Setting['how']): Promise<CrowdCost> =>
      runCrowd({
        strategy,
        jobs: jobsOf(setting, seed),
        seed,
        training: TRAINING,
        measured: MEASURED,
        ...how,
      });
    const { atOnce, perMinute = 0 } = setting.how;
    const own = await costOf(new PredictiveStrategy(), setting.how);
    const stages = await costOf(new StagesStrategy({ maxSlowDowns: 1 }), { atOnce, perMinute });
    rows.push(
      `| ${setting.name} | ${judged(own.requests, setting.targets.requests)} | ` +
        `${judged(own.delayMs / 1_000, seconds(setting.targets.delayMs))} | ` +
        `${stages.requests.toFixed(1)}, ${(stages.delayMs / 1_000).toFixed(2)} s |`,
    );
  }
  return [
    '| on one token | requests a generation | mean delay, s | stages, each by itself |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);

function judged(value: number, target: number | undefined): string {
  if (target === undefined) return value.toFixed(2);
  return `${value.toFixed(2)} of ${String(target)} (${value <= target ? 'met' : 'missed'})`;
}
