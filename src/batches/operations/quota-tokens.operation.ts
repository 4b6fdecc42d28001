import { Injectable } from '@nestjs/common';
import { BatchOperation, skipped, succeeded, type ItemOutcome } from 'penstock/batch';
import { z } from 'zod';

import { tokenSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenSelector } from '../../tokens/selection/token-selector.js';
import { TokenQuotas, TokenStore } from '../../tokens/index.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

/** Reads what accounts may still use. */
@Injectable()
@BatchOperation('token.quota', { concurrency: 5, idempotent: true })
export class QuotaTokensOperation extends SelectedTokensOperation {
  override readonly description = 'Reads what each account may still use. Results: read, unsupported.';
  override readonly input = z.strictObject({ select: tokenSelectionSchema.prefault({}) });

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly quotas: TokenQuotas,
  ) {
    super();
  }

  protected override async work(id: string): Promise<ItemOutcome> {
    const quota = await this.quotas.readNow(await this.store.get(id));
    if (quota === null) return skipped('unsupported', { reason: 'Its provider does not tell the quota.' });
    const left = quota.remaining === null ? 'No limit.' : `${quota.remaining} left.`;
    return succeeded('read', { reason: left, changes: ['quota'] });
  }
}
