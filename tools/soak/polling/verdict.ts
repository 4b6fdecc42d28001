/** What the upstream saw of one strategy. */
export interface StrategyCost {
  readonly strategy: string;
  readonly jobs: number;
  /** Jobs whose end was seen. */
  readonly seen: number;
  /** Polls of each generation in the mean. */
  readonly polls: number;
  /** From the end of a job to the answer that first told of it, in milliseconds. */
  readonly medianDelayMs: number;
  readonly meanDelayMs: number;
}

/** What the gateway says of the generations of one strategy. */
export interface Unfinished {
  /** Those that were not completed, but for those whose submission the kill cut off. */
  readonly unfinished: number;
}

/** What the upstream knows of a job. */
export interface WatchedJob {
  readonly polls: number;
  readonly finishedAt: number | null;
  readonly endSeenAt: number | null;
}

/** Of polls x median delay of `stages`, this share is the most for `predictive`, in percent. */
const MOST_SHARE = 80;

/** Adds up what the jobs of one strategy cost. */
export function costOf(strategy: string, jobs: readonly WatchedJob[]): StrategyCost {
  const delays = jobs.flatMap(({ finishedAt, endSeenAt }) =>
    finishedAt === null || endSeenAt === null ? [] : [endSeenAt - finishedAt],
  );
  delays.sort((one, other) => one - other);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  return {
    strategy,
    jobs: jobs.length,
    seen: delays.length,
    polls: sum(jobs.map(({ polls }) => polls)) / Math.max(1, jobs.length),
    medianDelayMs: delays[delays.length >> 1] ?? 0,
    meanDelayMs: sum(delays) / Math.max(1, delays.length),
  };
}

/** Polls x median delay, in percent of that of the other. */
export function shareOf(own: StrategyCost, other: StrategyCost): number {
  return (100 * own.polls * own.medianDelayMs) / (other.polls * other.medianDelayMs);
}

/** What is not as it should be; nothing when all is well. */
export function pollingBreaches(
  stages: StrategyCost & Unfinished,
  predictive: StrategyCost & Unfinished,
): readonly string[] {
  const breaches = [stages, predictive].flatMap(({ strategy, seen, jobs, unfinished }) => [
    ...(seen === jobs ? [] : [`${strategy}: ${seen} ends of ${jobs} were seen`]),
    ...(unfinished === 0 ? [] : [`${strategy}: ${unfinished} were not completed`]),
  ]);
  const share = shareOf(predictive, stages);
  if (!(share < MOST_SHARE))
    breaches.push(`predictive costs ${share.toFixed(0)} % of stages, at most ${MOST_SHARE} % it may`);
  return breaches;
}
