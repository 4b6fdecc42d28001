import type { ProviderFailure, UpstreamAnswer } from 'penstock/plugin-api';
import { z } from 'zod';

const detailSchema = z.object({
  '@type': z.string(),
  reason: z.string().optional().catch(undefined),
  retryDelay: z.string().optional().catch(undefined),
  violations: z
    .array(z.object({ quotaId: z.string().catch(''), quotaValue: z.string().catch('') }))
    .optional()
    .catch(undefined),
});

const errorSchema = z.object({
  error: z.object({
    status: z.string(),
    details: z
      .array(z.unknown())
      .catch([])
      .default([])
      .transform((details) => details.flatMap((detail) => detailSchema.safeParse(detail).data ?? [])),
  }),
});

type Detail = z.output<typeof detailSchema>;

/**
 * What an error of the Gemini API means, by its `status` and details; `undefined` leaves it to the common reading by status.
 *
 * Sources: https://ai.google.dev/gemini-api/docs/troubleshooting and
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export function classifyFailure({ headers, body }: UpstreamAnswer): ProviderFailure | undefined {
  const error = errorSchema.safeParse(body).data?.error;
  if (error === undefined || headers['cf-mitigated'] !== undefined) return undefined;
  const { status, details } = error;
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return { kind: 'unauthorized' };
  switch (status) {
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return { kind: 'unauthorized' };
    // The documented reason is that billing is not enabled where the key is used.
    case 'FAILED_PRECONDITION':
      return { kind: 'quota_exhausted', resetsAt: null };
    case 'RESOURCE_EXHAUSTED':
      return exhausted(details);
    // "May be returned even if the operation has completed successfully", says google/rpc/code.proto.
    case 'DEADLINE_EXCEEDED':
      return { kind: 'ambiguous' };
    default:
      return undefined;
  }
}

/** A limit of a day, or one of nothing at all, is a quota; others pass within a minute. */
function exhausted(details: readonly Detail[]): ProviderFailure | undefined {
  const violations = details.flatMap((detail) => detail.violations ?? []);
  if (violations.some(({ quotaId, quotaValue }) => quotaId.includes('PerDay') || quotaValue === '0')) {
    return { kind: 'quota_exhausted', resetsAt: null };
  }
  const delay = details.map(({ retryDelay }) => retryDelay).find((text) => text !== undefined);
  const seconds = /^(\d{1,7}(?:\.\d+)?)s$/.exec(delay ?? '')?.[1];
  return seconds === undefined
    ? undefined
    : { kind: 'rate_limited', retryAfterMs: Math.ceil(Number(seconds) * 1_000) };
}
