import { z } from 'zod';

const waitSchema = z
  .object({
    resource: z.string().meta({ example: 'database.writer' }),
    count: z.int(),
    totalMs: z.number(),
    longestMs: z.number(),
    holder: z
      .string()
      .nullable()
      .meta({ description: 'Who held it in the longest of these waits, where it is known.' }),
  })
  .meta({ id: 'SlowOperationWait' });

const slowOperationSchema = z
  .object({
    sequence: z.int().meta({ description: 'Rises by one with each, from the start of the process on.' }),
    at: z.iso.datetime().meta({ description: 'When it ended.' }),
    kind: z.enum(['request', 'method', 'upstream', 'query', 'task', 'wait']),
    operation: z
      .string()
      .meta({ description: 'Of a wait, what was waited for.', example: 'upstream submit' }),
    durationMs: z.number(),
    limitMs: z.number().meta({ description: 'What it was held against.' }),
    outcome: z.enum(['ok', 'error', 'timeout', 'aborted']),
    waits: z.array(waitSchema).meta({ description: 'What it waited for, the longest in sum first.' }),
    within: z.array(z.string()).meta({ description: 'What it was a part of, the innermost first.' }),
    ids: z.record(z.string(), z.string()).meta({ example: { request: 'r-1', token: 'tok_1' } }),
  })
  .meta({ id: 'SlowOperation' });

/** What was slow since the process began. */
export const slowOperationsSchema = z
  .object({
    latest: z.array(slowOperationSchema).meta({ description: 'At most 100, the latest first.' }),
    worst: z.array(slowOperationSchema).meta({ description: 'At most 50, the longest first.' }),
  })
  .meta({ id: 'SlowOperations' });

export type SlowOperationView = z.output<typeof slowOperationSchema>;
export type SlowOperationsView = z.output<typeof slowOperationsSchema>;
