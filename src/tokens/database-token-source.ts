import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { PooledToken, TokenSource } from 'penstock/token-cache';
import { MoreThan, type Repository } from 'typeorm';

import { PooledTokens } from './pooled-tokens.js';
import { Token } from './token.entity.js';

/** Making objects of so many rows keeps others waiting for a few milliseconds. */
const PAGE = 250;

/** The tokens of the database. */
@Injectable()
export class DatabaseTokenSource implements TokenSource {
  constructor(
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly pooled: PooledTokens,
  ) {}

  async *loadAll(): AsyncIterable<readonly PooledToken[]> {
    let after = '';
    for (let rows = await this.#page(after); rows.length > 0; rows = await this.#page(after)) {
      after = rows.at(-1)?.id ?? after;
      yield rows.map((row) => this.pooled.of(row));
    }
  }

  /** Ids do not change, so a token that is there all the time is on one page. */
  #page(after: string): Promise<Token[]> {
    return this.tokens.find({ where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: PAGE });
  }
}
