import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import type { SelectQueryBuilder } from 'typeorm';

import type { Page } from '../../http/index.js';
import { TokenViews } from '../token-views.js';
import { Token } from '../token.entity.js';
import type { TokenView } from '../tokens.schemas.js';
import { conditionOf } from './state-conditions.js';
import type { ListTokensQuery } from './token-list.schemas.js';
import { encodePlace, orderOf, placeOf, type TokenPlace } from './token-sort.js';

/**
 * Lists tokens for operators. A page goes on after the last token of the one before, wherever others moved meanwhile: a
 * token that nobody changed is neither missed nor shown twice. One whose own place in the order changed may be.
 */
@Injectable()
export class TokenListing {
  constructor(
    private readonly pool: DatabasePool,
    private readonly views: TokenViews,
    private readonly clock: Clock,
  ) {}

  async page({ sort, limit, cursor, ...filters }: ListTokensQuery): Promise<Page<TokenView>> {
    const { expression, direction } = orderOf(sort);
    const rows = await this.pool.read((manager) => {
      const select = manager.createQueryBuilder(Token, 't').limit(limit + 1);
      this.#filter(select, filters);
      if (cursor !== undefined) goOnAfter(select, cursor);
      return select.orderBy(expression, direction).addOrderBy('t.id', direction).getMany();
    });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? encodePlace(placeOf(last, sort)) : null;
    return { data: shown.map((row) => this.views.of(row)), nextCursor };
  }

  #filter(
    select: SelectQueryBuilder<Token>,
    { provider, state, label, quotaGroup, disabledBy }: Omit<ListTokensQuery, 'sort' | 'limit' | 'cursor'>,
  ): void {
    if (provider !== undefined) select.andWhere('t.provider = :provider', { provider });
    if (quotaGroup !== undefined) select.andWhere('t.quotaGroup = :quotaGroup', { quotaGroup });
    if (disabledBy !== undefined) select.andWhere('t.disabledBy = :disabledBy', { disabledBy });
    if (state !== undefined) {
      select.andWhere(`(${conditionOf(state)})`, { no: false, now: this.clock.now() });
    }
    if (label !== undefined) {
      select.andWhere("LOWER(t.label) LIKE LOWER(:part) ESCAPE '!'", { part: `%${literal(label)}%` });
    }
  }
}

function goOnAfter(select: SelectQueryBuilder<Token>, { sort, value, id }: TokenPlace): void {
  const { expression, direction } = orderOf(sort);
  const beyond = direction === 'ASC' ? '>' : '<';
  const place = { lastValue: value, lastId: id };
  select.andWhere(
    `(${expression} ${beyond} :lastValue OR (${expression} = :lastValue AND t.id ${beyond} :lastId))`,
    place,
  );
}

/** So that nothing in it stands for anything but itself. */
const literal = (text: string): string => text.replaceAll(/[!%_]/g, '!$&');
