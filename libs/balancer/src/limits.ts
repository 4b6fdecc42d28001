import { type LeaseBound, NO_BOUND } from './lease.js';

/** Limits that all tokens of a quota group, or of a provider, share. */
export interface SharedLimits {
  /** Most generations at once by kind; -1, or a kind that is left out, for no limit. @defaultValue none */
  readonly limits?: Readonly<Record<string, number>>;
  /** Most generations that begin within any 60 seconds; an integer of at least 1. @defaultValue no limit */
  readonly requestsPerMinute?: number;
}

/** Limits besides those of the tokens themselves. */
export interface BalancerLimits {
  /** By the name of the quota group. */
  readonly groups?: Readonly<Record<string, SharedLimits>>;
  /** By the name of the provider. */
  readonly providers?: Readonly<Record<string, SharedLimits>>;
}

/** The limit of a kind; `Infinity` where there is none. */
export function limitOf(limits: Readonly<Record<string, number>>, kind: string): number {
  const limit = Object.hasOwn(limits, kind) ? limits[kind] : undefined;
  return limit === undefined || limit < 0 ? Infinity : limit;
}

/** The limit of a token for a kind, with what its ramp leaves of it; `Infinity` where there is none. */
export function tokenLimitOf(
  {
    limits,
    rampLimit,
  }: { readonly limits: Readonly<Record<string, number>>; readonly rampLimit: number | null },
  kind: string,
): number {
  return Math.min(limitOf(limits, kind), rampLimit ?? Infinity);
}

/** What the limits mean for one group or provider. */
export function boundOf(
  limits: Readonly<Record<string, SharedLimits>> | undefined,
  name: string | null,
  kind: string,
): LeaseBound {
  const shared =
    name !== null && limits !== undefined && Object.hasOwn(limits, name) ? limits[name] : undefined;
  if (shared === undefined) return NO_BOUND;
  const { limits: atOnce = {}, requestsPerMinute = Infinity } = shared;
  return { atOnce: limitOf(atOnce, kind), perMinute: requestsPerMinute };
}

/**
 * Takes the limits over if they are sound.
 *
 * @throws RangeError naming the limit that is out of bounds
 */
export function resolveBalancerLimits({
  groups = {},
  providers = {},
}: BalancerLimits = {}): Required<BalancerLimits> {
  check('limits.groups', groups);
  check('limits.providers', providers);
  return { groups: copyOf(groups), providers: copyOf(providers) };
}

/** Entries are collected, never assigned: a group may have any name. */
function copyOf(all: Readonly<Record<string, SharedLimits>>): Record<string, SharedLimits> {
  const entries = Object.entries(all).map(([name, { limits, requestsPerMinute }]) => {
    const rate = requestsPerMinute === undefined ? {} : { requestsPerMinute };
    return [name, { limits: { ...limits }, ...rate }] as const;
  });
  return Object.fromEntries(entries);
}

function check(path: string, all: Readonly<Record<string, SharedLimits>>): void {
  for (const [name, { limits = {}, requestsPerMinute }] of Object.entries(all)) {
    for (const [kind, limit] of Object.entries(limits)) {
      if (Number.isSafeInteger(limit) && (limit === -1 || limit >= 1)) continue;
      throw new RangeError(
        `${path}.${name}.limits.${kind} must be an integer >= 1, or -1 for none, got ${limit}`,
      );
    }
    if (
      requestsPerMinute === undefined ||
      (Number.isSafeInteger(requestsPerMinute) && requestsPerMinute >= 1)
    )
      continue;
    throw new RangeError(
      `${path}.${name}.requestsPerMinute must be an integer >= 1, got ${requestsPerMinute}`,
    );
  }
}
