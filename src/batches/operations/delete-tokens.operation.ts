import { Injectable } from '@nestjs/common';
import {
  BatchOperation,
  failed,
  succeeded,
  type ItemContext,
  type ItemOutcome,
  type ItemRecord,
} from 'penstock/batch';
import { z } from 'zod';

import { explicitSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenSelector } from '../../tokens/selection/token-selector.js';
import { TokenError } from '../../tokens/tokens.errors.js';
import { TokensService } from '../../tokens/index.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

const input = z.strictObject({
  select: explicitSelectionSchema,
  force: z
    .boolean()
    .default(false)
    .meta({ description: 'Also those that generations depend on; they then fail.' }),
});
const DELETED = succeeded('deleted', { changes: ['deleted'] });

/** Deletes tokens, which must be confirmed. */
@Injectable()
@BatchOperation('token.delete', { concurrency: 5, idempotent: true, confirm: true })
export class DeleteTokensOperation extends SelectedTokensOperation<z.output<typeof input>> {
  override readonly description =
    'Deletes each token, once it was confirmed. Results: deleted, token_in_use, gone.';
  override readonly input = input;

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly tokens: TokensService,
  ) {
    super();
  }

  protected override async work(
    id: string,
    _item: ItemRecord,
    { input: kept }: ItemContext,
  ): Promise<ItemOutcome> {
    try {
      await this.tokens.delete(id, { force: kept['force'] === true });
      return DELETED;
    } catch (error) {
      if (!(error instanceof TokenError) || error.code !== 'token_in_use') throw error;
      return failed(error.code, { reason: error.message });
    }
  }

  /** Begun before, it is gone because of us: the process ended before the result was stored. */
  protected override gone(item: ItemRecord): ItemOutcome {
    return item.attempts > 0 ? DELETED : super.gone(item);
  }
}
