import { Injectable } from '@nestjs/common';
import {
  BatchOperation,
  skipped,
  succeeded,
  type ItemContext,
  type ItemOutcome,
  type ItemRecord,
} from 'penstock/batch';
import { z } from 'zod';

import { explicitSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenSelector } from '../../tokens/selection/token-selector.js';
import { TokensService, TokenStore } from '../../tokens/index.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

const label = z.string().trim().min(1).max(100);
const input = z.strictObject({ select: explicitSelectionSchema, label });

/** Gives tokens a label. */
@Injectable()
@BatchOperation('token.label', { concurrency: 10, idempotent: true })
export class LabelTokensOperation extends SelectedTokensOperation<z.output<typeof input>> {
  override readonly description = 'Gives each token this label. Results: labelled, already_labelled.';
  override readonly input = input;

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly tokens: TokensService,
  ) {
    super();
  }

  protected override async work(id: string, item: ItemRecord, context: ItemContext): Promise<ItemOutcome> {
    const wanted = label.parse(context.input['label']);
    const { label: before } = await this.store.get(id);
    if (before === wanted && item.attempts === 0) return skipped('already_labelled');
    await this.tokens.update(id, { label: wanted });
    return succeeded('labelled', { reason: `It was "${before}".`, changes: ['labelled'] });
  }
}
