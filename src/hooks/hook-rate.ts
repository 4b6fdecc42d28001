import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

/** Callbacks a second that a provider may send for long, and at once. Upstreams repeat what is refused. */
const PER_SECOND = 100;
const BURST = 1_000;

/** Bounds callbacks by provider. One that is refused costs a generation nothing but time: polls go on. */
@Injectable()
export class HookRate {
  /** By provider, when all of its burst is there again, on the monotonic clock. */
  readonly #fullAt = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * Counts a callback. @param provider - one that exists
   *
   * @returns 0, or after how many milliseconds it may come again
   */
  take(provider: string): number {
    const now = this.clock.monotonic();
    const spacingMs = 1_000 / PER_SECOND;
    const fullAt = Math.max(now, this.#fullAt.get(provider) ?? now);
    const waitMs = fullAt + spacingMs - now - BURST * spacingMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#fullAt.set(provider, fullAt + spacingMs);
    return 0;
  }
}
