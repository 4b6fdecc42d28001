import { z } from 'zod';

import { SUBMISSIONS, type Operation } from './operation.js';

const milliseconds = z.int().min(0).max(86_400_000);
const dateText = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be a date');

const rateLimited = z
  .strictObject({
    type: z.literal('rate-limited'),
    retryAfterSeconds: z.int().min(0).max(86_400).optional(),
    retryAfterDate: dateText.optional(),
  })
  .refine((fault) => fault.retryAfterSeconds === undefined || fault.retryAfterDate === undefined, {
    path: ['retryAfterDate'],
    message: 'cannot be combined with retryAfterSeconds',
  });

const serverError = z.strictObject({
  type: z.literal('server-error'),
  status: z.int().min(500).max(599).default(500),
  json: z.boolean().default(true),
});

const slow = z.strictObject({
  type: z.literal('slow'),
  delayMs: milliseconds.default(0),
  bytesPerSecond: z.int().min(1).optional(),
});

const failJob = z.strictObject({
  type: z.literal('fail-job'),
  code: z.string().min(1).default('generation_failed'),
  message: z.string().min(1).optional(),
});

const backwards = z.strictObject({
  type: z.literal('backwards-progress'),
  percent: z.int().min(1).max(100).default(20),
});

const edgeChallenge = z.strictObject({
  type: z.literal('edge-challenge'),
  form: z.enum(['challenge', 'block', 'limit']).default('challenge'),
});

const plain = <const Type extends string>(type: Type) => z.strictObject({ type: z.literal(type) });

/** A fault as the control API takes it. */
export const faultSchema = z.discriminatedUnion('type', [
  rateLimited,
  serverError,
  plain('unauthorized'),
  plain('not-found'),
  plain('quota-exhausted'),
  edgeChallenge,
  plain('reset-before'),
  plain('reset-after'),
  z.strictObject({ type: z.literal('no-answer'), ms: milliseconds.optional() }),
  slow,
  plain('truncated-json'),
  plain('malformed-json'),
  plain('stall-progress'),
  backwards,
  failJob,
]);

/** Something that goes wrong; README.md describes each. */
export type Fault = Readonly<z.output<typeof faultSchema>>;

/** The faults of one or some types. */
export type FaultOf<Type extends Fault['type']> = Extract<Fault, { readonly type: Type }>;

/** Faults that answer without doing what was asked. */
export type RefusingFault = FaultOf<
  'rate-limited' | 'server-error' | 'unauthorized' | 'not-found' | 'quota-exhausted' | 'edge-challenge'
>;

/** Faults that befall a job, or what is said of it. */
export type JobFault = FaultOf<'stall-progress' | 'backwards-progress' | 'fail-job'>;

const JSON_OPERATIONS: readonly Operation[] = [
  'create',
  'retrieve',
  'list',
  'cancel',
  'delete',
  'remix',
  'models',
];

/** Where a fault makes sense; one without an entry does everywhere. */
const PLACES: Partial<Record<Fault['type'], readonly Operation[]>> = {
  'truncated-json': JSON_OPERATIONS,
  'malformed-json': JSON_OPERATIONS,
  'stall-progress': [...SUBMISSIONS, 'retrieve'],
  'fail-job': [...SUBMISSIONS, 'retrieve'],
  'backwards-progress': ['retrieve'],
};

/** Whether the fault can befall the operation. */
export function canBefall(fault: Fault, operation: Operation): boolean {
  return PLACES[fault.type]?.includes(operation) ?? true;
}
