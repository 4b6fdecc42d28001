import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { PooledToken, TokenSource } from 'penstock/token-cache';
import type { Repository } from 'typeorm';

import { PooledTokens } from './pooled-tokens.js';
import { Token } from './token.entity.js';

/** The tokens of the database. */
@Injectable()
export class DatabaseTokenSource implements TokenSource {
  constructor(
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly pooled: PooledTokens,
  ) {}

  async loadAll(): Promise<readonly PooledToken[]> {
    const rows = await this.tokens.find();
    return rows.map((row) => this.pooled.of(row));
  }
}
