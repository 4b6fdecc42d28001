import { Injectable } from '@nestjs/common';

/** How much a key may ask for; `null` is no limit. */
export interface KeyLimits {
  /** Generations asked for within any 60 seconds. */
  readonly perMinute: number | null;
  /** Generations asked for on one day in UTC, without those that failed. */
  readonly perDay: number | null;
  /** Generations that have not ended. */
  readonly concurrent: number | null;
}

/** Called when the limits of a key may have changed, or the key is gone. What it rejects with fails the change's request. */
export type KeyLimitsListener = (keyId: string) => Promise<void>;

/** Tells those who hold keys to their limits of changes, after the commit. */
@Injectable()
export class KeyLimitChanges {
  readonly #listeners = new Set<KeyLimitsListener>();

  watch(listener: KeyLimitsListener): void {
    this.#listeners.add(listener);
  }

  /** Resolves when the change counts. */
  async tell(keyId: string): Promise<void> {
    for (const listener of this.#listeners) await listener(keyId);
  }
}
