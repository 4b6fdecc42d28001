import { randomBytes } from 'node:crypto';

import type { Clock } from 'penstock/kernel';

const VALID_MS = 10 * 60_000;
const MOST = 1_000;

/** Remembers for 10 minutes what somebody was asked to confirm. Each confirmation counts once; a restart forgets all. */
export class Confirmations {
  readonly #asked = new Map<string, { readonly digest: string; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** @param digest - tells what is to be confirmed, to the letter */
  ask(digest: string): string {
    const confirmation = `confirm_${randomBytes(9).toString('base64url')}`;
    for (const [oldest] of this.#asked) if (this.#asked.size >= MOST) this.#asked.delete(oldest);
    this.#asked.set(confirmation, { digest, until: this.clock.monotonic() + VALID_MS });
    return confirmation;
  }

  /** Whether exactly this was confirmed. */
  use(confirmation: string, digest: string): boolean {
    const asked = this.#asked.get(confirmation);
    this.#asked.delete(confirmation);
    return asked?.digest === digest && this.clock.monotonic() <= asked.until;
  }
}
