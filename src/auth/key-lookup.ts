import { Inject, Injectable } from '@nestjs/common';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { InjectRepository } from '@nestjs/typeorm';
import { SingleFlight } from 'penstock/concurrency';
import { WriteBehindBuffers } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import type { Repository } from 'typeorm';

import { ApiKey } from './api-key.entity.js';
import { STANDARD_PRIORITY } from './key-priority.js';
import type { Principal } from './principal.js';

const TOUCH_EVERY_MS = 5 * 60_000;

/** What the cache holds for a hash, also when there is no key for it. */
interface CachedKey {
  readonly principal: Principal | null;
}

/** When a key was used last. */
interface KeyUse {
  readonly id: string;
  readonly lastUsedAt: number;
}

/**
 * Finds keys by their hash, through a cache, so that a request with a key that was seen lately reads no database. Of
 * lookups of one hash at a time only one reads. A change by this process is seen at once, one by another within the
 * cache's TTL.
 */
@Injectable()
export class KeyLookup {
  readonly #flights = new SingleFlight<string, Principal | null>();
  readonly #uses;
  #changes = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
    buffers: WriteBehindBuffers,
  ) {
    this.#uses = buffers.create<KeyUse>({
      name: 'api-key-uses',
      maxDelayMs: 1_000,
      merge: { key: ({ id }) => id, add: (_, later) => later },
      write: async (manager, uses) => {
        for (const { id, lastUsedAt } of uses) await manager.update(ApiKey, { id }, { lastUsedAt });
      },
    });
  }

  /** The principal of the key with this hash; `null` when there is none. */
  async find(hash: string): Promise<Principal | null> {
    const cached = await this.cache.get<CachedKey>(hash);
    return cached === undefined
      ? this.#flights.run(`${this.#changes}:${hash}`, () => this.#load(hash))
      : cached.principal;
  }

  /** Forgets a hash after its row was made or deleted. What was read before is not believed any more. */
  async forget(hash: string): Promise<void> {
    this.#changes += 1;
    await this.cache.del(hash);
  }

  async #load(hash: string): Promise<Principal | null> {
    const changesBefore = this.#changes;
    const row = await this.keys.findOneBy({ hash });
    const principal = row === null ? null : principalOf(row);
    if (row !== null) this.#touch(row);
    await this.cache.set<CachedKey>(hash, { principal });
    if (changesBefore !== this.#changes) await this.cache.del(hash);
    return principal;
  }

  /** Nobody waits for this, and losing it loses nothing that matters. */
  #touch({ id, lastUsedAt }: ApiKey): void {
    const now = this.clock.now();
    if (lastUsedAt !== null && now - lastUsedAt < TOUCH_EVERY_MS) return;
    this.#uses.add({ id, lastUsedAt: now });
  }
}

function principalOf({ id, label, scopes, priority }: ApiKey): Principal {
  return { keyId: id, label, scopes, priority: priority ?? STANDARD_PRIORITY };
}
