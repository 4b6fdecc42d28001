import { Inject, Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { type Cache, createCache } from 'cache-manager';
import { SingleFlight } from 'penstock/concurrency';
import { Clock, SystemClock } from 'penstock/kernel';

import { SettingsStore, type StoredSection } from './ports/settings-store.js';
import { MODULE_OPTIONS_TOKEN } from './settings.module-definition.js';
import { resolveSettingsOptions, type SettingsOptions } from './settings.options.js';

/** Rows in the cache. The number in the key changes when their shape does. */
const KEY = 'penstock:settings:1';

interface CachedRows {
  readonly rows: readonly StoredSection[];
  /** By the wall clock, as processes that share the cache have no other clock in common. */
  readonly readAt: number;
}

/**
 * The stored sections, read through a cache: of processes that share it, one reads the store. Of reads at a time only one
 * asks the store, and what was read before a write is not kept after it. A cache that is away is as good as an empty one.
 */
@Injectable()
export class CachedSections implements OnApplicationShutdown {
  readonly #logger = new Logger(CachedSections.name);
  readonly #cache: Cache;
  readonly #ttlMs: number;
  readonly #flights = new SingleFlight<number, readonly StoredSection[]>();
  #writes = 0;

  constructor(
    private readonly store: SettingsStore,
    @Inject(MODULE_OPTIONS_TOKEN) options: SettingsOptions = {},
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    const { cacheTtlMs, cacheStores } = resolveSettingsOptions(options);
    this.#ttlMs = cacheTtlMs;
    this.#cache = createCache({ ttl: cacheTtlMs, stores: [...cacheStores] });
  }

  /** Every stored section. Rejects with what the store fails with. */
  load(): Promise<readonly StoredSection[]> {
    return this.#flights.run(this.#writes, async () => (await this.#cached()) ?? this.#read());
  }

  /** What is cached, and what is being read, is not believed any more: the rows were written. */
  async invalidate(): Promise<void> {
    this.#writes += 1;
    await this.#quietly(() => this.#cache.del(KEY));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#quietly(() => this.#cache.disconnect());
  }

  async #cached(): Promise<readonly StoredSection[] | undefined> {
    const cached = await this.#cache.get<CachedRows>(KEY);
    return cached !== undefined && this.clock.now() - cached.readAt < this.#ttlMs ? cached.rows : undefined;
  }

  async #read(): Promise<readonly StoredSection[]> {
    const writesBefore = this.#writes;
    const readAt = this.clock.now();
    const rows = await this.store.loadAll();
    await this.#quietly(() => this.#cache.set<CachedRows>(KEY, { rows, readAt }));
    if (writesBefore !== this.#writes) await this.#quietly(() => this.#cache.del(KEY));
    return rows;
  }

  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#logger.warn(`The cache of the settings does not answer: ${String(error)}`);
    }
  }
}
