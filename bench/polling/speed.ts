import { PredictiveStrategy } from 'penstock/polling';
import { SeededRandom } from 'penstock/kernel/testing';

import { Distributions } from './distributions.js';
import { steady } from './progress.js';
import { follow } from './simulate.js';

const JOBS = 2_000;
const DECISIONS = 200_000;

/** What `predictive` costs on this machine, in microseconds. */
export interface Speed {
  /** From an answer to the time of the next poll. */
  readonly decisionUs: number;
  /** Taking in the end of a generation. */
  readonly completionUs: number;
}

export function speedOf(): Speed {
  const draw = new Distributions(new SeededRandom(1));
  const strategy = new PredictiveStrategy();
  const jobs = Array.from({ length: JOBS }, () => {
    const durationMs = draw.logNormal(60_000, 0.5);
    return { durationMs, failed: false, progressAt: steady(1)(durationMs, draw) };
  });
  for (const job of jobs) follow(strategy, job, true);
  const [learning, following] = [true, false].map((learns) =>
    secondsOf(() => {
      for (const job of jobs) follow(strategy, job, learns);
    }),
  );
  const history = { id: 'job', kind: 'video', ageMs: 30_000, progress: 50, unchangedPolls: 0, polls: 9 };
  const asked = { ...history, previousDelayMs: 3_000 };
  strategy.observed(asked);
  const deciding = secondsOf(() => {
    for (let decision = 0; decision < DECISIONS; decision += 1) strategy.nextDelayMs(asked);
  });
  return {
    decisionUs: (1e6 * deciding) / DECISIONS,
    completionUs: (1e6 * ((learning ?? 0) - (following ?? 0))) / JOBS,
  };
}

/** Of this process's own time on the processor. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e6;
}
