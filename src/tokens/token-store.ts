import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DatabasePool, isUniqueViolation } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { TokenCache, type TokenMark } from 'penstock/token-cache';
import { In, type EntityManager, type Repository } from 'typeorm';

import type { Cursor } from '../http/index.js';

import { TokenHistory } from './lifecycle/token-history.js';
import { PooledTokens } from './pooled-tokens.js';
import { Token, type DisabledBy } from './token.entity.js';
import { TokenError } from './tokens.errors.js';

/** Columns that a change may set; `version`, `updatedAt` and `disabledAt` follow by themselves. */
export type TokenPatch = Partial<
  Omit<Token, 'id' | 'provider' | 'version' | 'createdAt' | 'updatedAt' | 'disabledAt'>
>;

/** Which tokens to list, newest first. */
export interface TokenQuery {
  readonly limit: number;
  readonly after?: Cursor | undefined;
  readonly provider?: string | undefined;
}

/** How a change is made. */
export interface TokenChangeOptions {
  /** Who wants it. @defaultValue `machine` */
  readonly by?: DisabledBy;
  /** Those of the new secret, when the change brings one or moves the old one to another base URL. */
  readonly fingerprints?: readonly string[];
  /** Whether the change must survive a power cut from the moment that the method resolves. @defaultValue false */
  readonly durable?: boolean;
  /** What the token cache shows from the call on until the change is committed or has failed. @defaultValue nothing new */
  readonly mark?: TokenMark | null;
}

/** Where a secret is used; no two tokens have the same secret for the same place. */
type SecretPlace = Pick<Token, 'provider' | 'baseUrl'>;

const ATTEMPTS = 10;

/** The rows of tokens. Every committed change is in the token cache when the method resolves. */
@Injectable()
export class TokenStore {
  constructor(
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly pool: DatabasePool,
    private readonly cache: TokenCache,
    private readonly pooled: PooledTokens,
    private readonly history: TokenHistory,
    private readonly clock: Clock,
  ) {}

  /** @throws TokenError `token_not_found` */
  async get(id: string): Promise<Token> {
    const row = await this.tokens.findOneBy({ id });
    if (row === null) throw TokenError.notFound(id);
    return row;
  }

  list({ limit, after, provider }: TokenQuery): Promise<Token[]> {
    const query = this.tokens
      .createQueryBuilder('t')
      .orderBy('t.createdAt', 'DESC')
      .addOrderBy('t.id', 'DESC')
      .take(limit);
    if (provider !== undefined) query.andWhere('t.provider = :provider', { provider });
    if (after !== undefined) {
      query.andWhere('(t.createdAt < :createdAt OR (t.createdAt = :createdAt AND t.id < :id))', after);
    }
    return query.getMany();
  }

  /** Ids of those with a refresh secret that expire before `at`, the first to expire first; not those a person turned off. */
  async idsExpiringBefore(at: number): Promise<readonly string[]> {
    const rows = await this.tokens
      .createQueryBuilder('t')
      .select(['t.id'])
      .where('t.expiresAt < :at AND t.sealedRefreshSecret IS NOT NULL', { at })
      .andWhere('(t.enabled = :yes OR t.disabledBy = :machine)', { yes: true, machine: 'machine' })
      .orderBy('t.expiresAt', 'ASC')
      .getMany();
    return rows.map(({ id }) => id);
  }

  /** Tokens that Penstock turned off, not a person. */
  async idsTurnedOffByMachine(): Promise<readonly string[]> {
    const rows = await this.tokens.find({
      select: { id: true },
      where: { enabled: false, disabledBy: 'machine' },
    });
    return rows.map(({ id }) => id);
  }

  /**
   * @param fingerprints - those that a token with the same secret may have
   * @throws TokenError `token_exists`
   */
  async insert(row: Token, fingerprints: readonly string[]): Promise<void> {
    await this.pool
      .transaction(async (manager) => {
        await refuseDuplicate(manager, row, fingerprints);
        await manager.insert(Token, row);
        await this.history.note(manager, { before: null, after: row, by: 'operator', at: row.createdAt });
      })
      .catch(duplicateOr(row.id));
    this.cache.put(this.pooled.of(row));
  }

  /**
   * Changes a token as `patchOf` says after looking at the present row; `null` leaves it as it is. Of changes at the
   * same time each sees what the one before left. `patchOf` may run more than once. A change of state goes into the
   * history.
   *
   * @throws TokenError `token_not_found`, `token_exists`
   */
  async change(
    id: string,
    patchOf: (row: Token) => TokenPatch | null,
    options: TokenChangeOptions = {},
  ): Promise<Token> {
    const { mark = null } = options;
    if (mark === null) return this.#change(id, patchOf, options);
    const unmark = this.cache.mark(id, mark);
    try {
      return await this.#change(id, patchOf, options);
    } finally {
      unmark();
    }
  }

  /** @throws TokenError `token_not_found` */
  async delete(id: string): Promise<void> {
    await this.pool.transaction(async (manager) => {
      const { affected } = await manager.delete(Token, { id });
      if (affected === 0) throw TokenError.notFound(id);
      await this.history.forget(manager, id);
    });
    this.cache.remove(id);
  }

  async #change(
    id: string,
    patchOf: (row: Token) => TokenPatch | null,
    options: TokenChangeOptions,
  ): Promise<Token> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const changed = await this.#tryChange(id, patchOf, options).catch(duplicateOr(id));
      if (changed === null) continue;
      this.cache.put(this.pooled.of(changed));
      return changed;
    }
    throw TokenError.changed(id);
  }

  /** @returns the row afterwards; `null` when somebody else changed it meanwhile */
  #tryChange(
    id: string,
    patchOf: (row: Token) => TokenPatch | null,
    { by = 'machine', fingerprints = [], durable = false }: TokenChangeOptions,
  ): Promise<Token | null> {
    const work = async (manager: EntityManager): Promise<Token | null> => {
      const row = await manager.findOneBy(Token, { id });
      if (row === null) throw TokenError.notFound(id);
      const patch = patchOf(row);
      if (patch === null) return row;
      const { version } = row;
      const at = this.clock.now();
      const change = { ...patch, ...turnedOffAt(row, patch, at), version: version + 1, updatedAt: at };
      const next = Object.assign(manager.create(Token, row), change);
      if (fingerprints.length > 0) await refuseDuplicate(manager, next, fingerprints);
      const { affected } = await manager.update(Token, { id, version }, change);
      if (affected === 0) return null;
      await this.history.note(manager, { before: row, after: next, by, at });
      return next;
    };
    return this.pool.transaction(work, { durable });
  }
}

/** When it was turned off follows from whether it is. */
function turnedOffAt(
  { enabled }: Token,
  patch: TokenPatch,
  now: number,
): Pick<Token, 'disabledAt'> | undefined {
  if (patch.enabled === undefined || (!patch.enabled && !enabled)) return undefined;
  return { disabledAt: patch.enabled ? null : now };
}

/** What the unique index refuses was added by somebody else after we looked. */
function duplicateOr(id: string): (error: unknown) => never {
  return (error) => {
    if (isUniqueViolation(error)) throw TokenError.existsElsewhere(id, error);
    throw error;
  };
}

async function refuseDuplicate(
  manager: EntityManager,
  { id, provider, baseUrl }: SecretPlace & Pick<Token, 'id'>,
  fingerprints: readonly string[],
): Promise<void> {
  const rows = await manager.findBy(Token, { fingerprint: In([...fingerprints]), provider });
  const twin = rows.find((row) => row.baseUrl === baseUrl && row.id !== id);
  if (twin !== undefined) throw TokenError.exists(twin.id);
}
