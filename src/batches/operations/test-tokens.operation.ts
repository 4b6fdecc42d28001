import { Injectable } from '@nestjs/common';
import {
  BatchOperation,
  succeeded,
  type BatchLimits,
  type ItemOutcome,
  type ItemRecord,
} from 'penstock/batch';
import { CodedError } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { z } from 'zod';

import { TokenSelector, type SelectedToken } from '../../tokens/selection/token-selector.js';
import { tokenSelectionSchema } from '../../tokens/selection/token-selection.js';
import { Token, TokenStore, TokenTester } from '../../tokens/index.js';
import { batchSettings } from '../batch.settings.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

const [ON, OFF] = ['on', 'off'];

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

  /** Whether it was on: a test that the end of the process cut off may have turned it off or on already. */
  protected override payloadOf({ enabled }: SelectedToken): string {
    return enabled ? ON : OFF;
  }

  protected override async work(id: string, { attempts, payload }: ItemRecord): Promise<ItemOutcome> {
    const { enabled } = await this.store.get(id);
    const { valid, detail, token } = await this.tester.test(id);
    if (valid === null) throw new CodedError('token_unanswered', 'upstream', detail);
    const wasOn = attempts === 0 ? enabled : payload === ON;
    return succeeded(valid ? 'valid' : 'invalid', { reason: detail, changes: changesOf(wasOn, token) });
  }
}

/** What a person turned off meanwhile was not the test's doing. */
function changesOf(wasOn: boolean, { enabled, disabledBy }: Token): readonly string[] {
  if (wasOn) return disabledBy === 'machine' ? ['disabled'] : [];
  return enabled ? ['enabled'] : [];
}
