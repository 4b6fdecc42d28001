import { Injectable } from '@nestjs/common';
import { Balancer, type Lease } from 'penstock/balancer';

/** What a lease is taken again for. */
interface LeasedGeneration {
  readonly id: string;
  readonly kind: string;
  /** When it was sent to the upstream, in milliseconds since 1970; it counts for the rates of that minute. */
  readonly attemptedAt?: number | null;
}

/** The leases of this process's unfinished generations, by generation. */
@Injectable()
export class GenerationLeases {
  readonly #leases = new Map<string, Lease>();

  constructor(private readonly balancer: Balancer) {}

  hold(generationId: string, lease: Lease): void {
    this.#leases.set(generationId, lease);
  }

  /** Takes the lease of a generation that already runs upstream, past every limit: it does occupy the token. */
  async adopt({ id, kind, attemptedAt = null }: LeasedGeneration, tokenId: string): Promise<void> {
    this.hold(id, await this.balancer.adopt(id, tokenId, kind, attemptedAt));
  }

  /** Gives the lease back, if there is one. */
  async release(generationId: string): Promise<void> {
    const lease = this.#leases.get(generationId);
    this.#leases.delete(generationId);
    await lease?.release();
  }
}
