import type { CreateCacheOptions } from 'cache-manager';

/** Options of the settings. */
export interface SettingsOptions {
  /**
   * Pause between two background refreshes, which see what other processes changed, in milliseconds; an integer of at
   * least 1.
   * @defaultValue 30000
   */
  readonly refreshMs?: number;
  /**
   * How old rows in the cache may be before the store is asked again, in milliseconds; an integer of at least 1. Keep it
   * below `refreshMs`.
   * @defaultValue 15000
   */
  readonly cacheTtlMs?: number;
  /**
   * Stores of `cache-manager` for the rows as they were read, such as one that all processes share. They belong to this
   * module, which disconnects them at the end.
   * @defaultValue the memory of this process
   */
  readonly cacheStores?: NonNullable<CreateCacheOptions['stores']>;
}

/** {@link SettingsOptions} with every default in place. */
export type ResolvedSettingsOptions = Readonly<Required<SettingsOptions>>;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of bounds
 */
export function resolveSettingsOptions(options: SettingsOptions = {}): ResolvedSettingsOptions {
  const { refreshMs = 30_000, cacheTtlMs = 15_000, cacheStores = [] } = options;
  atLeastOne('refreshMs', refreshMs);
  atLeastOne('cacheTtlMs', cacheTtlMs);
  return Object.freeze({ refreshMs, cacheTtlMs, cacheStores });
}

function atLeastOne(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${name} must be an integer >= 1, got ${value}`);
}
