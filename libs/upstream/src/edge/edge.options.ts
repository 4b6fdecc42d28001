/** How edges are treated. Times are whole milliseconds of at least 1. */
export interface EdgeOptions {
  /** From a challenge to the first probe; twice as long after each one that did not pass. @defaultValue 30000 */
  readonly probePauseMs?: number;
  /** The longest pause between probes. @defaultValue 600000 */
  readonly longestProbePauseMs?: number;
  /** How long a clearance counts that does not say so itself. @defaultValue 600000 */
  readonly clearanceTtlMs?: number;
}

/** Options with every default filled in. */
export type ResolvedEdgeOptions = Readonly<Required<EdgeOptions>>;

const DEFAULTS: ResolvedEdgeOptions = {
  probePauseMs: 30_000,
  longestProbePauseMs: 600_000,
  clearanceTtlMs: 600_000,
};

/**
 * Fills in the defaults and checks every number.
 *
 * @throws RangeError naming the option and what was got
 */
export function resolveEdgeOptions(options: EdgeOptions = {}): ResolvedEdgeOptions {
  const { probePauseMs, longestProbePauseMs, clearanceTtlMs } = { ...DEFAULTS, ...options };
  const resolved = { probePauseMs, longestProbePauseMs, clearanceTtlMs };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be an integer >= 1, got ${String(value)}`);
    }
  }
  return Object.freeze(resolved);
}
