import { Injectable } from '@nestjs/common';
import {
  BatchOperation,
  BatchOperationHandler,
  skipped,
  succeeded,
  type ItemContext,
  type ItemOutcome,
  type ItemRecord,
  type PlannedItem,
} from 'penstock/batch';
import type { JsonObject } from 'penstock/kernel';
import { z } from 'zod';

import { TokenTwins } from '../../tokens/selection/token-twins.js';
import { updateTokenSchema, type UpdateTokenBody } from '../../tokens/tokens.schemas.js';
import { TokensService, type Token } from '../../tokens/index.js';
import { rowsOf, type RawRows } from '../import/raw-row.js';
import { RowPlanner, type RowPayload } from '../import/row-planner.js';

const options = {
  onDuplicate: z
    .enum(['skip', 'update'])
    .default('skip')
    .meta({ description: 'What becomes of a row whose token is there already.' }),
  matchLabels: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether an equal label of one provider makes a duplicate, too.' }),
  provider: z.string().min(1).max(100).optional().meta({ description: 'Of rows without one.' }),
  baseUrl: z.string().max(2_048).nullable().optional().meta({ description: 'Of rows without one.' }),
};

/** The options of an import. */
export const importOptionsSchema = z.strictObject(options);

const input = z
  .strictObject({
    rows: z
      .array(z.unknown())
      .min(1)
      .meta({ description: 'Bodies as POST /admin/tokens takes them, or secrets alone.' }),
    ...options,
  })
  .transform(({ rows, ...rest }) => ({ ...rest, rows: rowsOf(rows) as RawRows }));

/** What token.add takes: from JSON, or from whatever else rows are read. */
export type AddTokensInput = z.output<typeof input>;

/** Adds tokens, one after the other. A row that went wrong never stops the others. */
@Injectable()
@BatchOperation('token.add', { concurrency: 1, idempotent: true })
export class AddTokensOperation extends BatchOperationHandler<AddTokensInput> {
  override readonly description =
    'Adds a token for each row. Duplicates, in the batch and in the database, are told by a keyed fingerprint of the ' +
    'secret and by the label. Results: added, updated, duplicate, invalid_row, and codes of errors.';
  override readonly input = input;

  constructor(
    private readonly planner: RowPlanner,
    private readonly tokens: TokensService,
    private readonly twins: TokenTwins,
  ) {
    super();
  }

  override keep({ onDuplicate, matchLabels, provider, baseUrl }: AddTokensInput): JsonObject {
    return {
      onDuplicate,
      matchLabels,
      ...(provider === undefined ? {} : { provider }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
    };
  }

  override plan(
    { rows, onDuplicate, matchLabels, provider, baseUrl }: AddTokensInput,
    batchId: string,
  ): AsyncGenerator<readonly PlannedItem[]> {
    return this.planner.plan(rows, { onDuplicate, matchLabels, defaults: { provider, baseUrl } }, batchId);
  }

  override async run(item: ItemRecord, context: ItemContext): Promise<ItemOutcome> {
    const { input: kept } = context;
    const row = this.#open(item);
    // Tried before, it may have been added and not told of: its id was set aside for it.
    if (item.attempts + context.attempt > 1 && (await this.twins.has(row.id))) return added(row.id);
    const twin = await this.#twinOf(row, kept);
    if (twin === undefined) return added((await this.tokens.create(row.body, row.id)).id);
    if (kept['onDuplicate'] !== 'update') return duplicateOf(twin);
    await context.exclusively(twin.id, () => this.tokens.update(twin.id, changesOf(row)));
    return succeeded('updated', { changes: ['updated'], subject: twin.id });
  }

  override async preview(item: ItemRecord, { input: kept }: ItemContext): Promise<ItemOutcome> {
    const twin = await this.#twinOf(this.#open(item), kept);
    if (twin === undefined) return skipped('would_add');
    return kept['onDuplicate'] === 'update'
      ? skipped('would_update', { subject: twin.id })
      : duplicateOf(twin);
  }

  #open({ payload, batchId, position }: ItemRecord): RowPayload {
    return this.planner.open(payload ?? '', batchId, position);
  }

  async #twinOf({ body, given }: RowPayload, { matchLabels }: JsonObject): Promise<Token | undefined> {
    const bySecret = await this.twins.bySecret(body);
    if (bySecret !== undefined || matchLabels !== true || !given.includes('label')) return bySecret;
    return this.twins.byLabel(body);
  }
}

const added = (subject: string): ItemOutcome => succeeded('added', { changes: ['added'], subject });

const duplicateOf = ({ id, label }: Token): ItemOutcome =>
  skipped('duplicate', { reason: `Token ${id} (${label}) is the same account.`, subject: id });

/** What the row itself says; what it leaves out stays as it is. */
function changesOf({ body, given }: RowPayload): UpdateTokenBody {
  const updatable = given.filter((field) => Object.hasOwn(updateTokenSchema.shape, field));
  return Object.fromEntries(updatable.map((field) => [field, Reflect.get(body, field)]));
}
