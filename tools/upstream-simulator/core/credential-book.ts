import { accountOf, type Credential } from './credential.js';
import { Refusal, retryAfterSeconds } from './refusal.js';

const MINUTE_MS = 60_000;

interface Entry {
  readonly credential: Credential;
  readonly expiresAt: number;
  quotaLeft: number;
  windowStart: number;
  windowCalls: number;
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

  /** Jobs left, -1 for any number; `undefined` for an unknown secret. */
  quotaLeft(secret: string): number | undefined {
    return this.#entries.get(secret)?.quotaLeft;
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
  spend(secret: string): void {
    const entry = this.#entries.get(secret);
    if (entry === undefined || entry.quotaLeft === -1) return;
    if (entry.quotaLeft === 0) {
      throw new Refusal('quota-exhausted', 'You exceeded your current quota. Check your plan and billing.');
    }
    entry.quotaLeft -= 1;
  }
}

function newEntry(credential: Credential): Entry {
  return {
    credential,
    expiresAt: credential.expiresAt === null ? Infinity : Date.parse(credential.expiresAt),
    quotaLeft: credential.quota,
    windowStart: -Infinity,
    windowCalls: 0,
  };
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
