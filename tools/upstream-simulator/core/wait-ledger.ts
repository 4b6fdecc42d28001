import type { Operation } from './operation.js';
import type { RetryAfter } from './refusal.js';

/** Calls that were under way when the answer "wait" was sent are not held against the caller. */
const GRACE_MS = 250;

interface Wait {
  readonly since: number;
  readonly until: number;
}

/** Who was told to wait, how long, and with which operations. */
export class WaitLedger {
  readonly #waits = new Map<string, Map<Operation | 'any', Wait>>();

  told(secret: string, retryAfter: RetryAfter, now: number): void {
    const waits = this.#waits.get(secret) ?? new Map<Operation | 'any', Wait>();
    this.#waits.set(secret, waits);
    for (const operation of retryAfter.scope === 'any' ? (['any'] as const) : retryAfter.scope) {
      const known = waits.get(operation);
      const since = known !== undefined && known.until > now ? known.since : now + GRACE_MS;
      waits.set(operation, { since, until: Math.max(known?.until ?? 0, retryAfter.until) });
    }
  }

  /** Whether a call made now should have waited. */
  isEarly(secret: string, operation: Operation, now: number): boolean {
    const waits = this.#waits.get(secret);
    if (waits === undefined) return false;
    return covers(waits.get('any'), now) || covers(waits.get(operation), now);
  }
}

const covers = (wait: Wait | undefined, now: number): boolean =>
  wait !== undefined && wait.since <= now && now < wait.until;
