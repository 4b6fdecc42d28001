import { accountOf, type Credential } from './credential.js';
import { SUBMISSIONS } from './operation.js';
import { Refusal, retryAfterSeconds } from './refusal.js';

const MINUTE_MS = 60_000;

interface Entry {
  readonly credential: Credential;
  readonly expiresAt: number;
  quotaLeft: number;
  /** When it is whole again; `Infinity` while nothing was taken, or for never. */
  quotaResetsAt: number;
  windowStart: number;
  windowCalls: number;
}

/** What is left of a quota. */
export interface QuotaLeft {
  readonly left: number;
  /** In milliseconds since 1970; `null` when it is whole, and where it never is again. */
  readonly resetsAt: number | null;
}

/** Who may call, how often, and how many jobs they have left. */
export class CredentialBook {
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(credentials: readonly Credential[]) {
    this.#entries = new Map(credentials.map((credential) => [credential.secret, newEntry(credential)]));
  }

  /** Secrets, in the order given. */
  secrets(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Whose jobs the secret sees; `undefined` for an unknown secret. */
  account(secret: string): string | undefined {
    const entry = this.#entries.get(secret);
    return entry === undefined ? undefined : accountOf(entry.credential);
  }

  /** Jobs left, -1 for any number, and when that is whole again; `undefined` for an unknown secret. */
  quota(secret: string, now: number): QuotaLeft | undefined {
    const entry = this.#entries.get(secret);
    if (entry === undefined) return undefined;
    refill(entry, now);
    const { quotaLeft: left, quotaResetsAt } = entry;
    return { left, resetsAt: quotaResetsAt === Infinity ? null : quotaResetsAt };
  }

  /**
   * Lets one call in.
   *
   * @throws Refusal `unauthorized` for a key that is unknown, disabled or expired; `rate-limited` past its calls a minute
   */
  admit(secret: string, now: number): Credential {
    const entry = this.#entries.get(secret);
    if (entry === undefined) throw new Refusal('unauthorized', `Incorrect API key provided: ${secret}.`);
    if (!entry.credential.enabled) throw new Refusal('unauthorized', 'This API key has been disabled.');
    if (entry.expiresAt <= now) throw new Refusal('unauthorized', 'This API key has expired.');
    countCall(entry, now);
    return entry.credential;
  }

  /**
   * Takes one job from the quota.
   *
   * @throws Refusal `quota-exhausted`
   */
  spend(secret: string, now: number): void {
    const entry = this.#entries.get(secret);
    if (entry === undefined || entry.quotaLeft === -1) return;
    refill(entry, now);
    if (entry.quotaLeft === 0) throw usedUp(entry, now);
    const { quotaEverySeconds } = entry.credential;
    if (quotaEverySeconds !== null && entry.quotaResetsAt === Infinity) {
      entry.quotaResetsAt = now + quotaEverySeconds * 1_000;
    }
    entry.quotaLeft -= 1;
  }
}

function newEntry(credential: Credential): Entry {
  return {
    credential,
    expiresAt: credential.expiresAt === null ? Infinity : Date.parse(credential.expiresAt),
    quotaLeft: credential.quota,
    quotaResetsAt: Infinity,
    windowStart: -Infinity,
    windowCalls: 0,
  };
}

function refill(entry: Entry, now: number): void {
  if (now < entry.quotaResetsAt) return;
  entry.quotaLeft = entry.credential.quota;
  entry.quotaResetsAt = Infinity;
}

function usedUp({ quotaResetsAt }: Entry, now: number): Refusal {
  const message = 'You exceeded your current quota. Check your plan and billing.';
  if (quotaResetsAt === Infinity) return new Refusal('quota-exhausted', message);
  const seconds = Math.ceil((quotaResetsAt - now) / 1_000);
  // Who reads the quota knows to the millisecond what the header rounds up, and breaks no rule by coming then.
  const retryAfter = { ...retryAfterSeconds(seconds, now, SUBMISSIONS), until: quotaResetsAt };
  return new Refusal('quota-exhausted', message, { retryAfter });
}

function countCall(entry: Entry, now: number): void {
  const limit = entry.credential.requestsPerMinute;
  if (limit === -1) return;
  if (now >= entry.windowStart + MINUTE_MS) {
    entry.windowStart = now;
    entry.windowCalls = 0;
  }
  if (entry.windowCalls >= limit) {
    const seconds = Math.ceil((entry.windowStart + MINUTE_MS - now) / 1000);
    throw new Refusal('rate-limited', `Rate limit reached: ${limit} requests per minute.`, {
      retryAfter: retryAfterSeconds(seconds, now, 'any'),
    });
  }
  entry.windowCalls += 1;
}
