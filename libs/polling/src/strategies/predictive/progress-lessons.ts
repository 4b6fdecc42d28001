import type { KeyLadder } from './key-ladder.js';
import type { PollWalk } from './poll-walk.js';
import type { BandLesson } from './progress-calibration.js';
import type { Sighting } from './progress-trace.js';

const SHORTEST_LEFT_MS = 100;

/** A generation that is over. */
export interface EndedJob {
  readonly sightings: readonly Sighting[];
  /** Its duration, in milliseconds. */
  readonly durationMs: number;
  readonly failed: boolean;
}

/**
 * What a generation teaches about progress: one lesson for each band that was seen, however often it was. Whether
 * progress told the end is weighed by one step of expectation maximisation: how likely the end was for one who knows
 * the law of durations, against one who believes in progress too.
 */
export function lessonsOf(job: EndedJob, ladder: KeyLadder, walk: PollWalk): readonly BandLesson[] {
  return [...new Set(job.sightings.map(({ band }) => band))].flatMap((band) => {
    const sightings = job.sightings.filter((sighting) => sighting.band === band);
    const last = sightings.at(-1);
    if (last === undefined) return [];
    const errors = sightings.map(({ etaMs, atMs }) => Math.log(etaMs / leftAt(job, atMs)));
    const error = job.failed ? null : errors.reduce((total, each) => total + each, 0) / errors.length;
    return [{ band, wrong: wrongOf(job, last, { ladder, walk }), error }];
  });
}

function wrongOf(
  job: EndedJob,
  { band, atMs, etaMs }: Sighting,
  { ladder, walk }: { readonly ladder: KeyLadder; readonly walk: PollWalk },
): number {
  const estimate = ladder.estimate(band);
  const question = { cdf: ladder.cdf(), ageMs: atMs, suggestion: { etaMs, atMs, estimate } };
  const evidence = walk.evidence(question, leftAt(job, atMs));
  return estimate.wrong / (estimate.wrong + (1 - estimate.wrong) * evidence);
}

const leftAt = ({ durationMs }: EndedJob, atMs: number): number =>
  Math.max(SHORTEST_LEFT_MS, durationMs - atMs);
