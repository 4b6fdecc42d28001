import { InMemoryLeaseStore, type LeaseClaim, LeaseStore } from 'penstock/balancer';

/** The ways in which a {@link RemoteLeaseStore} takes its time. */
export interface RemoteLeaseStoreOptions {
  /** Awaited on the way to the store and on the way back. */
  readonly travel: () => Promise<void>;
  /** The store at the far end; several may share one. @defaultValue an empty one */
  readonly remote?: LeaseStore;
}

/** Leases kept somewhere far: decisions take time, and others decide meanwhile. It can be made to fail. */
export class RemoteLeaseStore extends LeaseStore {
  /** What calls fail with, before they change anything, as long as it is set. */
  failure: Error | null = null;
  readonly remote: LeaseStore;
  readonly #travel: () => Promise<void>;

  constructor({ travel, remote = new InMemoryLeaseStore() }: RemoteLeaseStoreOptions) {
    super();
    this.remote = remote;
    this.#travel = travel;
  }

  override reserve(claim: LeaseClaim, limit: number): Promise<boolean> {
    return this.#far(() => this.remote.reserve(claim, limit));
  }

  override adopt(claim: LeaseClaim): Promise<void> {
    return this.#far(() => this.remote.adopt(claim));
  }

  override release(claim: LeaseClaim): Promise<boolean> {
    return this.#far(() => this.remote.release(claim));
  }

  override inFlight(tokenId: string, kind?: string): number {
    return this.remote.inFlight(tokenId, kind);
  }

  override get size(): number {
    return this.remote.size;
  }

  override onRelease(listener: (tokenId: string) => void): () => void {
    return this.remote.onRelease(listener);
  }

  async #far<T>(decide: () => Promise<T>): Promise<T> {
    await this.#travel();
    if (this.failure !== null) throw this.failure;
    const answer = decide();
    // The answer may be a refusal; it is looked at after the way back.
    answer.catch(() => undefined);
    await this.#travel();
    return answer;
  }
}
