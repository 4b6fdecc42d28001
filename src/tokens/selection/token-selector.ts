import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';

import { Token } from '../token.entity.js';
import type { TokenSelection } from './token-selection.js';

const PAGE = 250;

/** A token of a selection, as it was when it was found. */
export type SelectedToken = Pick<Token, 'id' | 'label' | 'enabled'>;

/** Finds the tokens of a selection, page by page, in the order of their ids. */
@Injectable()
export class TokenSelector {
  constructor(@InjectRepository(Token) private readonly tokens: Repository<Token>) {}

  async *pages(selection: TokenSelection): AsyncGenerator<readonly SelectedToken[]> {
    for (const ids of idPagesOf(selection)) yield* this.#pagesOf(selection, ids);
  }

  async *#pagesOf(
    selection: TokenSelection,
    ids: readonly string[] | undefined,
  ): AsyncGenerator<readonly Token[]> {
    for (let after = ''; ;) {
      const query = this.tokens
        .createQueryBuilder('t')
        .select(['t.id', 't.label', 't.enabled'])
        .where('t.id > :after', { after })
        .orderBy('t.id', 'ASC')
        .take(PAGE);
      narrow(query, selection);
      if (ids !== undefined) query.andWhere('t.id IN (:...ids)', { ids });
      const rows = await query.getMany();
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }
}

function narrow(query: SelectQueryBuilder<Token>, { state = 'all', provider, label }: TokenSelection): void {
  if (state !== 'all') query.andWhere('t.enabled = :on', { on: state === 'active' });
  if (provider !== undefined) query.andWhere('t.provider = :provider', { provider });
  if (label !== undefined) query.andWhere('t.label = :label', { label });
}

/** Databases bound the parameters of a statement. */
function idPagesOf({ ids }: TokenSelection): readonly (readonly string[] | undefined)[] {
  if (ids === undefined) return [undefined];
  const sorted = [...new Set(ids)].sort();
  return Array.from({ length: Math.ceil(sorted.length / PAGE) }, (_, page) =>
    sorted.slice(page * PAGE, (page + 1) * PAGE),
  );
}
