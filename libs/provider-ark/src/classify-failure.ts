import type { ProviderFailure, UpstreamAnswer } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const errorSchema = z.object({ error: z.object({ code: z.string(), param: text }) });

/** What an error of Ark means, by its `code`; `undefined` leaves it to the common reading by status. */
export function classifyFailure({ status, headers, body }: UpstreamAnswer): ProviderFailure | undefined {
  const { data } = errorSchema.safeParse(body);
  if (data === undefined || headers['cf-mitigated'] !== undefined) return undefined;
  const { code, param } = data.error;
  if (code.includes('SensitiveContent')) return { kind: 'content_policy' };
  if (code === 'AccountOverdueError' || code === 'QuotaExceeded') {
    return { kind: 'quota_exhausted', resetsAt: null };
  }
  return status === 400 ? { kind: 'invalid_request', param: param ?? null } : undefined;
}
