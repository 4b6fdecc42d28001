import { SeededRandom } from 'penstock/kernel/testing';
import type { Random } from 'penstock/kernel';

import type { Behaviour, Spread } from './behaviour.js';
import { failureOf, type JobError } from './job-error.js';

/** What will become of a job if nobody interferes. */
export interface JobPlan {
  readonly id: string;
  readonly queuedMs: number;
  readonly runMs: number;
  /** Why it fails at its end; `null` when it completes. */
  readonly failure: JobError | null;
  /** In [0, 1): makes the job's progress its own. */
  readonly noise: number;
}

/**
 * Draws the fate of jobs. It depends on the seed, the prompt and how often that prompt came before, not on the order in
 * which different prompts arrive: two runs with the same prompts compare, however their requests interleave.
 */
export class JobPlanner {
  readonly #seen = new Map<string, number>();
  #planned = 0;

  constructor(private readonly seed: number) {}

  plan(prompt: string, behaviour: Behaviour): JobPlan {
    const nth = this.#seen.get(prompt) ?? 0;
    this.#seen.set(prompt, nth + 1);
    const random = new SeededRandom(hash(`${this.seed}/${nth}/${prompt}`));
    const scale = behaviour.timeScale;
    return {
      id: `video_${hex(random.below(2 ** 32))}${hex(this.#planned++)}`,
      queuedMs: Math.round(draw(behaviour.queue, random) * scale),
      runMs: Math.round(draw(behaviour.duration, random) * scale),
      failure: random.next() < behaviour.failureRate ? failureOf(behaviour.failureCode) : null,
      noise: random.next(),
    };
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** Log-normal, by Box and Muller. */
function draw(spread: Spread, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return spread.medianMs * Math.exp(spread.sigma * normal);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
