import { Injectable } from '@nestjs/common';
import { Balancer, type Lease } from 'penstock/balancer';

/** The leases of this process's unfinished generations, by generation. */
@Injectable()
export class GenerationLeases {
  readonly #leases = new Map<string, Lease>();

  constructor(private readonly balancer: Balancer) {}

  hold(generationId: string, lease: Lease): void {
    this.#leases.set(generationId, lease);
  }

  /** Takes the lease of a generation that already runs upstream, past every limit: it does occupy the token. */
  async adopt(generation: { readonly id: string; readonly kind: string }, tokenId: string): Promise<void> {
    this.hold(generation.id, await this.balancer.adopt(generation.id, tokenId, generation.kind));
  }

  /** Gives the lease back, if there is one. */
  async release(generationId: string): Promise<void> {
    const lease = this.#leases.get(generationId);
    this.#leases.delete(generationId);
    await lease?.release();
  }
}
