import { Injectable } from '@nestjs/common';
import { BatchOperation, skipped, succeeded, type ItemOutcome } from 'penstock/batch';
import { z } from 'zod';

import { explicitSelectionSchema } from '../../tokens/selection/token-selection.js';
import { TokenSelector } from '../../tokens/selection/token-selector.js';
import { CredentialRefresher, TokenStore } from '../../tokens/index.js';
import { SelectedTokensOperation } from './selected-tokens.operation.js';

/** Renews credentials by their refresh secrets. */
@Injectable()
@BatchOperation('token.refresh', { concurrency: 3 })
export class RefreshTokensOperation extends SelectedTokensOperation {
  override readonly description =
    'Renews the credential of each token by its refresh secret. Results: refreshed, unsupported.';
  override readonly input = z.strictObject({ select: explicitSelectionSchema });

  constructor(
    protected override readonly selector: TokenSelector,
    private readonly store: TokenStore,
    private readonly refresher: CredentialRefresher,
  ) {
    super();
  }

  protected override async work(id: string): Promise<ItemOutcome> {
    const before = await this.store.get(id);
    if (!this.refresher.canRefresh(before)) {
      return skipped('unsupported', { reason: 'It has no refresh secret, or its provider cannot renew it.' });
    }
    const token = await this.refresher.refresh(id);
    const changes = before.enabled === token.enabled ? ['refreshed'] : ['refreshed', 'enabled'];
    return succeeded('refreshed', { changes });
  }
}
