import { resolvePollDeadlines, type PollDeadlines } from 'penstock/polling';

/** How generations are driven. Its class is the injection token. Read it where it is used: it may change meanwhile. */
export abstract class GenerationSettings {
  /** The longest time that a generation waits for a token, all attempts together. @defaultValue 30 minutes */
  abstract readonly queueTimeoutMs: number;
  /** The longest time that an upstream may take to answer a submission. @defaultValue 2 minutes */
  abstract readonly submitTimeoutMs: number;
  /**
   * Failed submissions after which a generation is given up, at least 1. Waits for a rate limit or a quota do not count.
   * @defaultValue 4
   */
  abstract readonly maxFailedSubmissions: number;
  /** Back-off before a token that failed is tried again: the first one, doubled with each further. @defaultValue 1 s */
  abstract readonly backoffMs: number;
  /**
   * Pauses before each look for a submission whose answer was lost; after the last look it ends as
   * `submission_unknown`. @defaultValue 0.5, 2, 5, 10, 20 and 30 s
   */
  abstract readonly reconciliationPausesMs: readonly number[];
  /**
   * The first polls after a start are spread over this time; where more than 2,000 generations are taken up, over one that is
   * longer in proportion, up to 10 s. @defaultValue 2 s
   */
  abstract readonly resumeSpreadMs: number;
  /** How long a generation may take once it was accepted, by kind. @defaultValue 25 minutes, images 5 minutes */
  abstract readonly deadlineMs: PollDeadlines;
}

/** What the application may set of {@link GenerationSettings}; deadlines are added to the defaults. */
export type GenerationOptions = Partial<Omit<GenerationSettings, 'deadlineMs'>> & {
  readonly deadlineMs?: Readonly<Record<string, number>>;
};

const DEFAULTS: Omit<GenerationSettings, 'deadlineMs'> = {
  queueTimeoutMs: 30 * 60_000,
  submitTimeoutMs: 2 * 60_000,
  maxFailedSubmissions: 4,
  backoffMs: 1_000,
  reconciliationPausesMs: [500, 2_000, 5_000, 10_000, 20_000, 30_000],
  resumeSpreadMs: 2_000,
};

/** Adds the defaults. @throws RangeError naming the option that is out of its bounds, and what was got */
export function resolveGenerationSettings(options: GenerationOptions = {}): GenerationSettings {
  const settings = { ...DEFAULTS, ...options, deadlineMs: resolvePollDeadlines(options.deadlineMs) };
  for (const name of ['queueTimeoutMs', 'submitTimeoutMs', 'maxFailedSubmissions', 'backoffMs'] as const) {
    if (!(settings[name] >= 1)) throw new RangeError(`${name} must be >= 1, got ${settings[name]}`);
  }
  if (!(settings.resumeSpreadMs >= 0))
    throw new RangeError(`resumeSpreadMs must be >= 0, got ${settings.resumeSpreadMs}`);
  if (
    settings.reconciliationPausesMs.length === 0 ||
    settings.reconciliationPausesMs.some((pause) => !(pause >= 0))
  ) {
    throw new RangeError(
      `reconciliationPausesMs must hold numbers >= 0, got [${settings.reconciliationPausesMs.join(', ')}]`,
    );
  }
  return Object.freeze({
    ...settings,
    reconciliationPausesMs: Object.freeze([...settings.reconciliationPausesMs]),
  });
}
