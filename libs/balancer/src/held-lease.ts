import type { Lease, LeaseClaim } from './lease.js';
import type { LeaseStore } from './ports/lease-store.js';

/** A lease that the store has counted. */
export class HeldLease implements Lease {
  readonly holder: string;
  readonly tokenId: string;
  readonly kind: string;
  #releasing: Promise<void> | undefined;

  constructor(
    private readonly claim: LeaseClaim,
    private readonly store: LeaseStore,
  ) {
    this.holder = claim.holder;
    this.tokenId = claim.tokenId;
    this.kind = claim.kind;
  }

  release(): Promise<void> {
    this.#releasing ??= this.store.release(this.claim).then(
      () => undefined,
      (error: unknown) => {
        this.#releasing = undefined;
        throw error;
      },
    );
    return this.#releasing;
  }
}
