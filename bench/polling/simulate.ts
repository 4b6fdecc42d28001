import type { PollHistory, PollingStrategy } from 'penstock/polling';

import type { Job } from './job.js';

/** What one job cost. */
export interface Outcome {
  /** The one that sees the end included. */
  readonly polls: number;
  /** From the end to the poll that sees it, in milliseconds. */
  readonly delayMs: number;
}

/** What every job of the simulation has in common. */
const TRAITS = { kind: 'video', provider: 'simulated', model: 'simulated' } as const;

/** Polls one job to its end as the scheduler does, without latency. `learns` tells the strategy how it ended. */
export function follow(strategy: PollingStrategy, job: Job, learns: boolean): Outcome {
  let history: PollHistory = {
    ...TRAITS,
    id: 'job',
    ageMs: 0,
    progress: 0,
    unchangedPolls: 0,
    polls: 0,
    previousDelayMs: null,
  };
  strategy.observed?.(history);
  for (;;) {
    const delayMs = strategy.nextDelayMs(history);
    const ageMs = history.ageMs + delayMs;
    if (ageMs >= job.durationMs) {
      finish(strategy, job, { history, ageMs, learns });
      return { polls: history.polls + 1, delayMs: ageMs - job.durationMs };
    }
    history = after(history, job.progressAt(ageMs), { ageMs, delayMs });
    strategy.observed?.(history);
  }
}

function after(
  history: PollHistory,
  progress: number,
  { ageMs, delayMs }: { readonly ageMs: number; readonly delayMs: number },
): PollHistory {
  const unchangedPolls = progress === history.progress ? history.unchangedPolls + 1 : 0;
  return { ...history, ageMs, progress, unchangedPolls, polls: history.polls + 1, previousDelayMs: delayMs };
}

function finish(
  strategy: PollingStrategy,
  job: Job,
  {
    history,
    ageMs,
    learns,
  }: { readonly history: PollHistory; readonly ageMs: number; readonly learns: boolean },
): void {
  const outcome = job.failed ? ('failed' as const) : ('completed' as const);
  const end = learns ? { outcome, afterMs: history.ageMs, byMs: ageMs } : { outcome: 'dropped' as const };
  strategy.ended?.({ ...history, ageMs }, end);
}

/** Means over many jobs. */
export interface Cost {
  readonly polls: number;
  readonly delayMs: number;
}

export function meanOf(outcomes: readonly Outcome[]): Cost {
  const sum = outcomes.reduce(
    (total, { polls, delayMs }) => ({ polls: total.polls + polls, delayMs: total.delayMs + delayMs }),
    { polls: 0, delayMs: 0 },
  );
  return { polls: sum.polls / outcomes.length, delayMs: sum.delayMs / outcomes.length };
}
