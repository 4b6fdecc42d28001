import { DurationLaw, type DurationMemory } from './duration-law.js';
import { nameOf, type KeyTraits } from './key-traits.js';
import { ProgressCalibration } from './progress-calibration.js';

/** What has been learned of the generations of one key. */
export class LearnedKey {
  readonly name: string;
  /** Generations that ended. */
  jobs = 0;
  /** When the last one ended, in wall-clock milliseconds since 1970. */
  lastSeenAt = 0;
  /** Rises with every lesson. */
  revision = 0;

  constructor(
    readonly traits: KeyTraits,
    readonly durations: DurationLaw,
    readonly progress: ProgressCalibration,
  ) {
    this.name = nameOf(traits);
  }

  static empty(traits: KeyTraits, memory: DurationMemory): LearnedKey {
    return new LearnedKey(traits, DurationLaw.empty(memory), new ProgressCalibration(memory.long));
  }
}
