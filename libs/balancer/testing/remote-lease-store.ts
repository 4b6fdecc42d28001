import {
  InMemoryLeaseStore,
  type LeaseBounds,
  type LeaseClaim,
  type LeaseListener,
  type LeaseScope,
  LeaseStore,
} from 'penstock/balancer';

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

  override reserve(claim: LeaseClaim, bounds: LeaseBounds): boolean | Promise<boolean> {
    return this.#far(() => this.remote.reserve(claim, bounds));
  }

  override adopt(claim: LeaseClaim, bounds: LeaseBounds, ageMs: number): void | Promise<void> {
    return this.#far(() => this.remote.adopt(claim, bounds, ageMs));
  }

  override release(claim: LeaseClaim): boolean | Promise<boolean> {
    return this.#far(() => this.remote.release(claim));
  }

  override inFlight(scope: LeaseScope, name: string, kind?: string): number {
    return this.remote.inFlight(scope, name, kind);
  }

  override freeAt(scope: LeaseScope, name: string, perMinute: number): number {
    return this.remote.freeAt(scope, name, perMinute);
  }

  override get size(): number {
    return this.remote.size;
  }

  override onChange(listener: LeaseListener): () => void {
    return this.remote.onChange(listener);
  }

  async #far<T>(decide: () => T | Promise<T>): Promise<T> {
    await this.#travel();
    if (this.failure !== null) throw this.failure;
    // The answer may be a refusal; it is looked at after the way back.
    const [answer] = await Promise.allSettled([(async () => decide())()]);
    await this.#travel();
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }
}
