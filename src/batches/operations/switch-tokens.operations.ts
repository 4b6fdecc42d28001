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

const reason = z.string().trim().min(1).max(200);
const disableInput = z.strictObject({ select: explicitSelectionSchema, reason: reason.optional() });

/** Turns tokens on. */
@Injectable()
@BatchOperation('token.enable', { concurrency: 10, idempotent: true })
export class EnableTokensOperation extends SelectedTokensOperation {
  override readonly description =
    'Turns each token on and forgets its cooldown and errors. Results: enabled, already_enabled.';
  override readonly input = z.strictObject({ select: explicitSelectionSchema });

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly tokens: TokensService,
  ) {
    super();
  }

  protected override async work(id: string, item: ItemRecord): Promise<ItemOutcome> {
    const { enabled, coolingUntil, consecutiveErrors } = await this.store.get(id);
    const isClear = enabled && coolingUntil === null && consecutiveErrors === 0;
    if (isClear && item.attempts === 0) return skipped('already_enabled');
    await this.tokens.enable(id);
    return succeeded('enabled', { changes: ['enabled'] });
  }
}

/** Turns tokens off. */
@Injectable()
@BatchOperation('token.disable', { concurrency: 10, idempotent: true })
export class DisableTokensOperation extends SelectedTokensOperation<z.output<typeof disableInput>> {
  override readonly description =
    'Turns each token off until a person turns it on. Results: disabled, already_disabled.';
  override readonly input = disableInput;

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly tokens: TokensService,
  ) {
    super();
  }

  protected override async work(id: string, item: ItemRecord, { input }: ItemContext): Promise<ItemOutcome> {
    const { enabled, disabledBy } = await this.store.get(id);
    if (!enabled && disabledBy === 'operator' && item.attempts === 0) return skipped('already_disabled');
    await this.tokens.disable(id, reason.optional().parse(input['reason']));
    return succeeded('disabled', { changes: ['disabled'] });
  }
}
