import { Injectable } from '@nestjs/common';
import { BatchOperation, succeeded, type BatchLimits, type ItemOutcome } from 'penstock/batch';
import { CodedError } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { z } from 'zod';

import { TokenSelector } from '../../tokens/selection/token-selector.js';
import { tokenSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenStore, TokenTester } from '../../tokens/index.js';
import { batchSettings } from '../batch.settings.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

/** Asks upstreams whether credentials are good; turns tokens off and on by what they say. */
@Injectable()
@BatchOperation('token.test', { concurrency: 5, intervalMs: 300, idempotent: true })
export class TestTokensOperation extends SelectedTokensOperation {
  override readonly description =
    'Asks the upstream of each token whether its credential is good. A bad one is disabled; a good one that was ' +
    'disabled by Penstock is enabled. Results: valid, invalid. Changes: enabled, disabled.';
  override readonly input = z.strictObject({ select: tokenSelectionSchema.prefault({}) });

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly tester: TokenTester,
    private readonly settings: Settings,
  ) {
    super();
  }

  override limits(): Pick<BatchLimits, 'concurrency' | 'intervalMs'> {
    const { testConcurrency: concurrency, testIntervalMs: intervalMs } = this.settings.get(batchSettings);
    return { concurrency, intervalMs };
  }

  protected override async work(id: string): Promise<ItemOutcome> {
    const before = await this.store.get(id);
    const { valid, detail, token } = await this.tester.test(id);
    if (valid === null) throw new CodedError('token_unanswered', 'upstream', detail);
    const changes = before.enabled === token.enabled ? [] : [token.enabled ? 'enabled' : 'disabled'];
    return succeeded(valid ? 'valid' : 'invalid', { reason: detail, changes });
  }
}
