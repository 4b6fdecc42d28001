import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import type { EntityManager, Repository } from 'typeorm';

import { PenstockConfig } from '../config/index.js';
import type { Cursor } from '../http/index.js';

import { ApiKey } from './api-key.entity.js';
import { KeyLimitChanges, type KeyLimits } from './api-key-limits.js';
import { AuthError } from './auth.errors.js';
import { KeyLookup } from './key-lookup.js';
import type { KeyPriority } from './key-priority.js';
import { hashKey, newKey, shownPrefix } from './key-material.js';
import type { Scope } from './scopes.js';

/** What a new key is made from. */
export interface NewApiKey {
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** @defaultValue none */
  readonly limits?: KeyLimits | null;
  /** @defaultValue that of most keys */
  readonly priority?: KeyPriority | null;
}

/** What changes of a key; what is left out stays. */
export type ApiKeyPatch = Partial<Pick<ApiKey, 'label' | 'limits' | 'priority'>>;

/** A key that was just made. `key` cannot be had again. */
export interface CreatedApiKey {
  readonly row: ApiKey;
  readonly key: string;
}

/** Makes, lists, changes and deletes API keys. A change counts for the next request of this process. */
@Injectable()
export class ApiKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly pool: DatabasePool,
    private readonly lookup: KeyLookup,
    private readonly limits: KeyLimitChanges,
    private readonly config: PenstockConfig,
    private readonly clock: Clock,
  ) {}

  /** At most `limit` keys, newest first, from behind `after` on. */
  list(limit: number, after?: Cursor): Promise<ApiKey[]> {
    const query = this.keys
      .createQueryBuilder('k')
      .orderBy('k.createdAt', 'DESC')
      .addOrderBy('k.id', 'DESC')
      .take(limit);
    if (after !== undefined) {
      query.where('(k.createdAt < :createdAt OR (k.createdAt = :createdAt AND k.id < :id))', after);
    }
    return query.getMany();
  }

  async create(wanted: NewApiKey): Promise<CreatedApiKey> {
    const created = this.#draft(wanted);
    await this.keys.insert(created.row);
    await this.lookup.forget(created.row.hash);
    if (created.row.limits !== null) await this.limits.tell(created.row.id);
    return created;
  }

  /** @throws AuthError `api_key_not_found` */
  async change(id: string, patch: ApiKeyPatch): Promise<ApiKey> {
    const row = await this.pool.transaction(async (manager) => {
      const before = await manager.findOneBy(ApiKey, { id });
      if (before === null) throw AuthError.keyNotFound(id);
      if (Object.keys(patch).length > 0) await manager.update(ApiKey, { id }, patch);
      return Object.assign(before, patch);
    });
    await this.lookup.forget(row.hash);
    await this.limits.tell(id);
    return row;
  }

  /** Makes an admin key unless there is one, in the configuration or the database. */
  async createFirstAdmin(): Promise<CreatedApiKey | null> {
    if (this.config.adminKey !== null) return null;
    return this.pool.transaction(async (manager) => {
      if ((await adminKeys(manager)).length > 0) return null;
      const created = this.#draft({ label: 'first admin', scopes: ['admin'] });
      await manager.insert(ApiKey, created.row);
      return created;
    });
  }

  /** @throws AuthError `api_key_not_found`, or `last_admin_key` for a key without which nobody could administer */
  async delete(id: string): Promise<void> {
    const hash = await this.pool.transaction(async (manager) => {
      const row = await manager.findOneBy(ApiKey, { id });
      if (row === null) throw AuthError.keyNotFound(id);
      if (row.scopes.includes('admin')) await this.#refuseLastAdmin(manager, id);
      await manager.delete(ApiKey, { id });
      return row.hash;
    });
    await this.lookup.forget(hash);
    await this.limits.tell(id);
  }

  async #refuseLastAdmin(manager: EntityManager, id: string): Promise<void> {
    if (this.config.adminKey !== null) return;
    const others = (await adminKeys(manager)).filter((key) => key.id !== id);
    if (others.length === 0) throw AuthError.lastAdminKey(id);
  }

  #draft({ label, scopes, limits = null, priority = null }: NewApiKey): CreatedApiKey {
    const key = newKey();
    const row = this.keys.create({
      id: `key_${randomBytes(12).toString('hex')}`,
      label,
      scopes,
      limits,
      priority,
      hash: hashKey(key),
      prefix: shownPrefix(key),
      createdAt: this.clock.now(),
      lastUsedAt: null,
    });
    return { row, key };
  }
}

/** Keys are few, and scopes are JSON that no portable index reaches. */
async function adminKeys(manager: EntityManager): Promise<ApiKey[]> {
  const keys = await manager.find(ApiKey);
  return keys.filter(({ scopes }) => scopes.includes('admin'));
}
