import { randomUUID } from 'node:crypto';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { In } from 'typeorm';

import { ProxyPool } from '../providers/index.js';
import { SecretBox } from '../secrets/index.js';
import { ProxyAdminError } from './proxy-admin.errors.js';
import { ProxyRow } from './proxy.entity.js';

/** A proxy of the pool, opened. */
export interface PooledProxy {
  readonly id: string;
  /** With its credentials. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The pool of proxies: rows, and in memory opened. Each URL lies in the database sealed. */
@Injectable()
export class StoredProxies extends ProxyPool implements OnModuleInit {
  readonly #logger = new Logger('proxies');
  readonly #listeners = new Set<() => void>();
  #proxies: readonly PooledProxy[] = [];
  #urls: readonly string[] = [];

  constructor(
    private readonly database: DatabasePool,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    const rows = await this.database.read((manager) => manager.find(ProxyRow));
    this.#hold(rows.flatMap((row) => this.#opened(row)));
  }

  override urls(): readonly string[] {
    return this.#urls;
  }

  override onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** In the order in which they were added. */
  list(): readonly PooledProxy[] {
    return this.#proxies;
  }

  /** Adds those that the pool does not have. @returns them */
  async add(urls: readonly string[]): Promise<readonly PooledProxy[]> {
    const added = await this.database.transaction(async (manager) => {
      const fresh: PooledProxy[] = [];
      for (const url of new Set(urls)) {
        const known = { fingerprint: In([...this.box.fingerprints(url)]) };
        if (await manager.existsBy(ProxyRow, known)) continue;
        const proxy = { id: `prx_${randomUUID()}`, url, createdAt: this.clock.now() };
        await manager.insert(ProxyRow, {
          id: proxy.id,
          createdAt: proxy.createdAt,
          sealedUrl: this.box.seal(url, `${proxy.id}/url`),
          fingerprint: this.box.fingerprint(url),
        });
        fresh.push(proxy);
      }
      return fresh;
    });
    this.#hold([...this.#proxies, ...added]);
    return added;
  }

  /** Calls take it no more from now on. @throws ProxyAdminError `proxy_not_found` */
  async remove(id: string): Promise<void> {
    const { affected } = await this.database.transaction((manager) => manager.delete(ProxyRow, { id }));
    if (affected === 0) throw ProxyAdminError.notFound(id);
    this.#hold(this.#proxies.filter((proxy) => proxy.id !== id));
  }

  #hold(proxies: readonly PooledProxy[]): void {
    this.#proxies = [...proxies].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    this.#urls = this.#proxies.map(({ url }) => url);
    for (const listener of this.#listeners) listener();
  }

  #opened({ id, sealedUrl, createdAt }: ProxyRow): readonly PooledProxy[] {
    try {
      return [{ id, url: this.box.open(sealedUrl, `${id}/url`), createdAt }];
    } catch (error) {
      this.#logger.error({ proxy: id, err: error }, 'A proxy of the pool cannot be opened, and is left out');
      return [];
    }
  }
}
