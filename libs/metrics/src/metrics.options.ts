/** Options of `MetricsModule.forRoot`. */
export interface MetricsOptions {
  /** An operation (a request, a call, a task) that took longer is reported, in milliseconds. @defaultValue 1,000 */
  readonly slowOperationMs?: number;
  /** A wait for a lock, a permit or a pool that took longer is warned about and counted. @defaultValue 100 */
  readonly slowWaitMs?: number;
  /** Other limits, by the name of an operation or of what is waited for; `Infinity` for never. @defaultValue none */
  readonly slowAfterMs?: Readonly<Record<string, number>>;
  /** Whether to report CPU, memory, event loop and garbage collection. @defaultValue true */
  readonly processMetrics?: boolean;
  /** Labels on every metric, such as `{ instance: 'a' }`. @defaultValue none */
  readonly defaultLabels?: Readonly<Record<string, string>>;
}

/** {@link MetricsOptions} with every default filled in. */
export type ResolvedMetricsOptions = Readonly<Required<MetricsOptions>>;

const DEFAULTS: ResolvedMetricsOptions = {
  slowOperationMs: 1_000,
  slowWaitMs: 100,
  slowAfterMs: {},
  processMetrics: true,
  defaultLabels: {},
};

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of its bounds, and what was got.
 */
export function resolveMetricsOptions(options: MetricsOptions): ResolvedMetricsOptions {
  const resolved = { ...DEFAULTS, ...options };
  for (const name of ['slowOperationMs', 'slowWaitMs'] as const) {
    const value = resolved[name];
    if (!(Number.isFinite(value) && value > 0)) throw new RangeError(`${name} must be > 0, got ${value}`);
  }
  for (const [name, value] of Object.entries(resolved.slowAfterMs)) {
    if (!(value > 0)) throw new RangeError(`slowAfterMs of ${name} must be > 0, got ${value}`);
  }
  return Object.freeze(resolved);
}
