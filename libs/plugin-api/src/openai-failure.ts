import { z } from 'zod';

import type { UpstreamAnswer } from './provider-http.js';
import type { ProviderFailure } from './provider-failure.js';

const text = z.string().nullish().catch(null);
const errorSchema = z.object({ error: z.object({ code: text, type: text, param: text }) });

const CONTENT_POLICY: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'policy_violation',
  'safety_violation',
  'sentinel_block',
]);
const QUOTA: ReadonlySet<string> = new Set([
  'billing_hard_limit_reached',
  'billing_not_active',
  'insufficient_quota',
]);
const REFUSED: ReadonlySet<number> = new Set([400, 404, 422]);

/**
 * What an error in the shape of the OpenAI API means, which many upstreams speak; `undefined` leaves it to the common reading by
 * status.
 *
 * Sources: https://platform.openai.com/docs/guides/error-codes and
 * https://platform.openai.com/docs/guides/image-generation
 */
export function classifyOpenAiFailure({
  status,
  headers,
  body,
}: UpstreamAnswer): ProviderFailure | undefined {
  const { data } = errorSchema.safeParse(body);
  if (data === undefined || headers['cf-mitigated'] !== undefined) return undefined;
  const { code, type, param } = data.error;
  const words = [code ?? '', type ?? ''];
  if (words.some((word) => CONTENT_POLICY.has(word))) return { kind: 'content_policy' };
  if (words.some((word) => QUOTA.has(word))) return { kind: 'quota_exhausted', resetsAt: null };
  return REFUSED.has(status) ? { kind: 'invalid_request', param: param ?? null } : undefined;
}
