import { parseRetryAfter, type ProviderFailure, type UpstreamAnswer } from 'penstock/plugin-api';
import { z } from 'zod';

const errorSchema = z.object({ code: z.int() });

/**
 * What an error of Kling means, by its service code; `undefined` leaves it to the common reading by status.
 *
 * @param now - wall-clock time in milliseconds since 1970, for `Retry-After` dates
 */
export function classifyFailure({ headers, body }: UpstreamAnswer, now: number): ProviderFailure | undefined {
  const { data } = errorSchema.safeParse(body);
  if (data === undefined || headers['cf-mitigated'] !== undefined) return undefined;
  const { code } = data;
  if (code >= 1000 && code <= 1004) return { kind: 'unauthorized' };
  switch (code) {
    case 1101: // The account is in arrears.
    case 1102: // Its package of resources is used up, or expired.
      return { kind: 'quota_exhausted', resetsAt: null };
    case 1301:
      return { kind: 'content_policy' };
    case 1302: // Too many requests.
    case 1303: // Too many tasks at once.
      return { kind: 'rate_limited', retryAfterMs: parseRetryAfter(headers['retry-after'], now) };
    default:
      return undefined;
  }
}
