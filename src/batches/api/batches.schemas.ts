import { ITEM_STATES } from 'penstock/batch';
import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../../http/index.js';
import { importOptionsSchema } from '../operations/add-tokens.operation.js';

/** How batches are shown: `cancelling` and `stopping` while what runs comes to its end. */
const SHOWN_STATES = [
  ...['preparing', 'running', 'stopping', 'cancelling'],
  ...['completed', 'stopped', 'cancelled'],
] as const;

const count = z.int().min(0);
const wish = {
  concurrency: z.int().optional().meta({ description: 'Items at once; at most what the operation has.' }),
  intervalMs: z
    .number()
    .optional()
    .meta({ description: 'Time between starts; at least what the operation has.' }),
  retries: z.int().optional().meta({ description: 'How often an item that fails is tried again, 0 to 10.' }),
  timeoutMs: z.number().optional().meta({ description: 'The longest time for an item.' }),
  onError: z.enum(['continue', 'stop']).optional(),
  dryRun: z.boolean().optional().meta({ description: 'Only say what would be done.' }),
};

/** The body of `POST /admin/batches`. */
export const createBatchSchema = z
  .strictObject({
    operation: z.string().min(1).max(100).meta({ example: 'token.test' }),
    input: z.unknown().optional().meta({ description: 'See GET /admin/batches/operations.', example: {} }),
    ...wish,
    confirmation: z.string().max(100).optional().meta({ description: 'As confirmation_required tells it.' }),
  })
  .meta({ id: 'CreateBatch' });

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The query of `POST /admin/tokens/import`. */
export const importQuerySchema = importOptionsSchema.extend({
  matchLabels: flag.default(true),
  dryRun: flag.default(false).meta({ description: 'Only say what would be done.' }),
});

/** The query of `GET /admin/batches`. */
export const listBatchesSchema = z.strictObject({
  operation: z.string().max(100).optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});

/** The query of `GET /admin/batches/{id}/items`. */
export const listItemsSchema = z.strictObject({
  state: z.enum(ITEM_STATES).optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});

const time = z.iso.datetime().nullable();

/** A batch as operators see it. */
export const batchSchema = z
  .object({
    id: z.string().meta({ example: 'batch_5f0c8e6e1d2b4a7f9c3d5e7f' }),
    operation: z.string().meta({ example: 'token.test' }),
    state: z.enum(SHOWN_STATES),
    reason: z.string().nullable().meta({ description: 'Why it was stopped or cancelled.' }),
    input: z.record(z.string(), z.unknown()).meta({ description: 'What was asked for, without secrets.' }),
    limits: z.object({
      concurrency: count,
      intervalMs: z.number(),
      retries: count,
      timeoutMs: z.number(),
      onError: z.enum(['continue', 'stop']),
      dryRun: z.boolean(),
    }),
    counts: z.object({
      total: count,
      pending: count,
      running: count,
      succeeded: count,
      failed: count,
      skipped: count,
    }),
    results: z.record(z.string(), count).meta({ description: 'How often each result was had.' }),
    changes: z.record(z.string(), count).meta({ description: 'How often each change was made.' }),
    perSecond: z.number().nullable().meta({ description: 'Items that end in a second, lately.' }),
    etaMs: count.nullable().meta({ description: 'How long it may still take, in milliseconds.' }),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: time,
    endedAt: time,
  })
  .meta({ id: 'Batch' });

/** A page of batches. */
export const batchPageSchema = pageSchema(batchSchema).meta({ id: 'BatchPage' });

/** An item as operators see it. */
const itemSchema = z
  .object({
    position: z.int().min(1).meta({ description: 'Its place; the line number of an import.' }),
    label: z.string(),
    state: z.enum(ITEM_STATES),
    result: z.string().nullable().meta({ example: 'valid' }),
    reason: z.string().nullable(),
    changes: z.array(z.string()).meta({ example: ['enabled'] }),
    tokenId: z.string().nullable(),
    attempts: count,
    startedAt: time,
    durationMs: count.nullable(),
  })
  .meta({ id: 'BatchItem' });

/** A page of items. */
export const itemPageSchema = pageSchema(itemSchema).meta({ id: 'BatchItemPage' });

/** The answer of `GET /admin/batches/operations`. */
export const operationsSchema = z
  .object({
    data: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        concurrency: count,
        intervalMs: z.number(),
        idempotent: z.boolean().meta({ description: 'Whether what a kill interrupted is run again.' }),
        confirm: z.boolean().meta({ description: 'Whether it asks for a confirmation first.' }),
        input: z.record(z.string(), z.unknown()).meta({ description: 'The JSON schema of its input.' }),
      }),
    ),
  })
  .meta({ id: 'BatchOperations' });

export type CreateBatchBody = z.output<typeof createBatchSchema>;
export type ImportQuery = z.output<typeof importQuerySchema>;
export type ListBatchesQuery = z.output<typeof listBatchesSchema>;
export type ListItemsQuery = z.output<typeof listItemsSchema>;
export type BatchView = z.output<typeof batchSchema>;
export type ItemView = z.output<typeof itemSchema>;
export type OperationsView = z.output<typeof operationsSchema>;
