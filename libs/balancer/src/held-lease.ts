import type { Lease, LeaseClaim } from './lease.js';
import type { LeaseStore } from './ports/lease-store.js';

const DONE = Promise.resolve();

/** A lease that the store has counted. */
export class HeldLease implements Lease {
  readonly holder: string;
  readonly tokenId: string;
  readonly kind: string;
  readonly group: string | null;
  readonly provider: string | null;
  #releasing: Promise<void> | undefined;

  constructor(
    private readonly claim: LeaseClaim,
    private readonly store: LeaseStore,
  ) {
    this.holder = claim.holder;
    this.tokenId = claim.tokenId;
    this.kind = claim.kind;
    this.group = claim.group;
    this.provider = claim.provider;
  }

  release(): Promise<void> {
    return (this.#releasing ??= this.#release());
  }

  #release(): Promise<void> {
    const released = this.#ask();
    return typeof released === 'boolean' ? DONE : this.#released(released);
  }

  /** What a store that decides at once throws comes by the promise, as with any other. */
  #ask(): boolean | Promise<boolean> {
    try {
      return this.store.release(this.claim);
    } catch (error) {
      return Promise.resolve().then(() => {
        throw error;
      });
    }
  }

  async #released(released: Promise<boolean>): Promise<void> {
    try {
      await released;
    } catch (error) {
      this.#releasing = undefined;
      throw error;
    }
  }
}
