import { Injectable } from '@nestjs/common';
import {
  BatchOperation,
  failed,
  skipped,
  succeeded,
  type ItemOutcome,
  type ItemRecord,
} from 'penstock/batch';
import { CodedError, type JsonObject } from 'penstock/kernel';
import { z } from 'zod';

import { SecretBox } from '../../secrets/index.js';
import { explicitSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenSelector, type SelectedToken } from '../../tokens/selection/token-selector.js';
import { TokenCalls, TokenStore } from '../../tokens/index.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

const input = z.strictObject({
  select: explicitSelectionSchema,
  code: z.string().trim().min(1).max(1_000).meta({ description: 'The access or invite code.' }),
});

/** Turns on a feature of accounts with an access or invite code, which is sealed while it waits. */
@Injectable()
@BatchOperation('token.activate', { concurrency: 3 })
export class ActivateTokensOperation extends SelectedTokensOperation<z.output<typeof input>> {
  override readonly description =
    'Turns on a feature of each account with an access or invite code, where the provider can. ' +
    'Results: activated, already_active, unsupported.';
  override readonly input = input;
  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly calls: TokenCalls,
    private readonly box: SecretBox,
  ) {
    super();
  }

  override keep({ select }: z.output<typeof input>): JsonObject {
    return super.keep({ select, code: '(sealed)' });
  }

  protected override payloadOf(
    _token: SelectedToken,
    { code }: z.output<typeof input>,
    recordId: string,
  ): string {
    return this.box.seal(code, recordId);
  }

  protected override async work(id: string, item: ItemRecord): Promise<ItemOutcome> {
    const row = await this.store.get(id);
    const code = this.box.open(item.payload ?? '', `${item.batchId}/${item.position}`);
    if (!this.calls.offers(row, 'activate')) {
      return failed('unsupported', { reason: `Provider "${row.provider}" has nothing to activate.` });
    }
    try {
      const { alreadyActive } = await this.calls.run(row, 'activate', async (provider, context) =>
        provider.activate === undefined ? { alreadyActive: false } : provider.activate(code, context),
      );
      return alreadyActive ? skipped('already_active') : succeeded('activated', { changes: ['activated'] });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = error.message.replaceAll(code, '(the code)');
      throw new CodedError('activation_failed', 'upstream', message);
    }
  }
}
