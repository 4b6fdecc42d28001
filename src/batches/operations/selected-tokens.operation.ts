import {
  BatchOperationHandler,
  skipped,
  type ItemContext,
  type ItemOutcome,
  type ItemRecord,
  type PlannedItem,
} from 'penstock/batch';
import type { JsonObject } from 'penstock/kernel';

import type { TokenSelection } from '../../tokens/selection/token-selection.js';
import type { SelectedToken, TokenSelector } from '../../tokens/selection/token-selector.js';
import { TokenError } from '../../tokens/tokens.errors.js';

/** What an operation over selected tokens takes at least. */
export interface SelectedTokens {
  readonly select: TokenSelection;
}

/** An operation over the tokens of a selection: each is an item, whose key is the token's id. */
export abstract class SelectedTokensOperation<
  Input extends SelectedTokens = SelectedTokens,
> extends BatchOperationHandler<Input> {
  protected abstract readonly selector: TokenSelector;

  override keep(input: Input): JsonObject {
    return JSON.parse(JSON.stringify(input)) as JsonObject;
  }

  override async *plan(input: Input, batchId: string): AsyncGenerator<readonly PlannedItem[]> {
    let position = 0;
    for await (const page of this.selector.pages(input.select)) {
      yield page.map((token) => {
        position += 1;
        const { id: key, label } = token;
        const payload = this.payloadOf?.(token, input, `${batchId}/${position}`) ?? null;
        return { position, key, label, payload, outcome: null };
      });
    }
  }

  /** A token that is gone meanwhile is passed over. */
  override async run(item: ItemRecord, context: ItemContext): Promise<ItemOutcome> {
    try {
      return await this.work(item.key ?? '', item, context);
    } catch (error) {
      const isGone = error instanceof TokenError && error.code === 'token_not_found';
      if (!isGone) throw error;
      return this.gone(item);
    }
  }

  override preview(): Promise<ItemOutcome> {
    return Promise.resolve(skipped('would_run', { reason: 'A dry run: nothing was done.' }));
  }

  protected gone(item: ItemRecord): ItemOutcome {
    return skipped('gone', { reason: `There is no token ${item.key ?? ''} any more.` });
  }

  /** What an item keeps until it has its result; seal what is secret for the record. @defaultValue nothing */
  protected payloadOf?(token: SelectedToken, input: Input, recordId: string): string;

  /** What is done with one token. */
  protected abstract work(id: string, item: ItemRecord, context: ItemContext): Promise<ItemOutcome>;
}
