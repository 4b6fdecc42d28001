/** Options of `UpstreamModule.forRoot`. Times are in milliseconds; every number is an integer of at least 1. */
export interface UpstreamOptions {
  /** Sessions kept open; past it the least recently used one is closed; at most 65536. @defaultValue 100 */
  readonly maxSessions?: number;
  /** A session without a request for this long is closed (checked once per such span). @defaultValue 300000 */
  readonly idleMs?: number;
  /** Connections of a session; each carries one request at a time, further requests wait. @defaultValue 64 */
  readonly connectionsPerSession?: number;
  /** Longest wait for a connection, and again for the headers of the answer once all was sent. @defaultValue 30000 */
  readonly headersTimeoutMs?: number;
  /** Longest silence between two pieces of a body. @defaultValue 60000 */
  readonly bodyTimeoutMs?: number;
  /** Longest wait for each step of connecting: TCP, the proxy's answer, TLS. @defaultValue 5000 */
  readonly connectTimeoutMs?: number;
  /** How long the shutdown waits for requests under way before it cuts them off. @defaultValue 5000 */
  readonly closeGraceMs?: number;
}

/** Options with every default filled in. */
export type ResolvedUpstreamOptions = Readonly<Required<UpstreamOptions>>;

const DEFAULTS: ResolvedUpstreamOptions = {
  maxSessions: 100,
  idleMs: 300_000,
  connectionsPerSession: 64,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 60_000,
  connectTimeoutMs: 5_000,
  closeGraceMs: 5_000,
};

/** Each holds connections, and every one of these a port. */
const MOST_SESSIONS = 65_536;

/** Longest span of Node's timers, which undici uses. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Fills in the defaults and checks every number.
 *
 * @throws RangeError naming the option and what was got
 */
export function resolveUpstreamOptions(options: UpstreamOptions = {}): ResolvedUpstreamOptions {
  const resolved: ResolvedUpstreamOptions = { ...DEFAULTS, ...options };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(name in DEFAULTS)) continue;
    const most = name === 'maxSessions' ? MOST_SESSIONS : LONGEST_MS;
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new RangeError(`${name} must be an integer from 1 to ${most}, got ${String(value)}`);
    }
  }
  return Object.freeze(resolved);
}
