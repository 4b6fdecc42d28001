import { randomBytes } from 'node:crypto';

import { Injectable, Optional } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { ProviderRegistry } from 'penstock/plugin-host';

import { TokenUsage, UnusedTokens } from './ports/token-usage.js';
import { CLEARED_HEALTH } from './token-health.policy.js';
import { NOTHING_COUNTED } from './token-counters.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStore, type TokenPatch } from './token-store.js';
import { Token } from './token.entity.js';
import { TokenError } from './tokens.errors.js';
import type { CreateTokenBody, UpdateTokenBody } from './tokens.schemas.js';

/** An id that no token has. */
export const newTokenId = (): string => `tok_${randomBytes(12).toString('hex')}`;

/** What operators do with tokens. */
@Injectable()
export class TokensService {
  constructor(
    private readonly store: TokenStore,
    private readonly secrets: TokenSecrets,
    private readonly providers: ProviderRegistry,
    private readonly clock: Clock,
    @Optional() private readonly usage: TokenUsage = new UnusedTokens(),
  ) {}

  /**
   * @param id - an id of {@link newTokenId} that was set aside for it
   * @throws TokenError `provider_not_found`, `kind_not_found`, `token_exists`
   */
  async create(body: CreateTokenBody, id = newTokenId()): Promise<Token> {
    this.#checkKinds(body.provider, body.limits);
    const { secret, refreshSecret, proxyUrl, ...plain } = body;
    const now = this.clock.now();
    const row = Object.assign(new Token(), {
      id,
      ...plain,
      ...CLEARED_HEALTH,
      disabledAt: null,
      ...this.secrets.seal(id, secret),
      ...this.secrets.sealRefreshSecret(id, refreshSecret),
      ...this.secrets.sealProxyUrl(id, proxyUrl),
      quotaRemaining: null,
      quotaResetsAt: null,
      quotaReadAt: null,
      ...NOTHING_COUNTED,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await this.store.insert(row, this.secrets.fingerprints(secret));
    return row;
  }

  /**
   * Changes what `body` names. A new secret also clears what was held against the old one: a token that Penstock had
   * turned off is on again; one that an operator had turned off stays off.
   *
   * @throws TokenError `token_not_found`, `kind_not_found`, `token_exists`
   */
  async update(id: string, body: UpdateTokenBody): Promise<Token> {
    const { provider, sealedSecret } = await this.store.get(id);
    if (body.limits !== undefined) this.#checkKinds(provider, body.limits);
    const columns = this.#columnsOf(id, body);
    const secret =
      body.secret ?? (body.baseUrl === undefined ? undefined : this.secrets.open({ id, sealedSecret }));
    const fingerprints = secret === undefined ? [] : this.secrets.fingerprints(secret);
    const patchOf = (row: Token): TokenPatch => ({ ...columns, ...healthOfNewSecret(row, body) });
    return this.store.change(id, patchOf, { fingerprints, by: 'operator' });
  }

  /** Turns a token on and forgets its cooldown and errors, whoever turned it off. @throws TokenError `token_not_found` */
  enable(id: string): Promise<Token> {
    return this.store.change(id, () => CLEARED_HEALTH, { by: 'operator' });
  }

  /** Turns a token off until a person turns it on. What it serves goes on. @throws TokenError `token_not_found` */
  disable(id: string, reason = 'Turned off by an operator.'): Promise<Token> {
    const off = { enabled: false, disabledReason: reason, disabledBy: 'operator' } as const;
    return this.store.change(id, () => off, { by: 'operator' });
  }

  /** @throws TokenError `token_not_found`, or `token_in_use` unless `force` */
  async delete(id: string, { force }: { readonly force: boolean }): Promise<void> {
    await this.store.get(id);
    const unfinished = force ? 0 : await this.usage.unfinishedGenerations(id);
    if (unfinished > 0) throw TokenError.inUse(id, unfinished);
    await this.store.delete(id);
  }

  #checkKinds(provider: string, limits: Readonly<Record<string, number>>): void {
    const manifest = this.providers.find(provider)?.manifest;
    if (manifest === undefined) {
      const known = this.providers.all().map((entry) => entry.manifest.name);
      throw TokenError.providerNotFound(provider, known);
    }
    const unknown = Object.keys(limits).find((kind) => !manifest.kinds.includes(kind));
    if (unknown !== undefined) throw TokenError.kindNotFound(unknown, provider, manifest.kinds);
  }

  #columnsOf(id: string, { secret, refreshSecret, proxyUrl, ...plain }: UpdateTokenBody): TokenPatch {
    return {
      ...withoutUndefined(plain),
      ...(secret === undefined ? {} : this.secrets.seal(id, secret)),
      ...(refreshSecret === undefined ? {} : this.secrets.sealRefreshSecret(id, refreshSecret)),
      ...(proxyUrl === undefined ? {} : this.secrets.sealProxyUrl(id, proxyUrl)),
    };
  }
}

function healthOfNewSecret({ enabled, disabledBy }: Token, { secret }: UpdateTokenBody): TokenPatch {
  return secret !== undefined && (enabled || disabledBy === 'machine') ? CLEARED_HEALTH : {};
}

type WithoutUndefined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(values: T): WithoutUndefined<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<T>;
}
