import type { ProviderFailure, UpstreamAnswer } from 'penstock/plugin-api';
import { z } from 'zod';

const errorSchema = z.object({ code: z.string() });

/**
 * What an error of DashScope means, by its `code`; `undefined` leaves it to the common reading by status.
 *
 * Source: https://www.alibabacloud.com/help/en/model-studio/error-code
 */
export function classifyFailure({ headers, body }: UpstreamAnswer): ProviderFailure | undefined {
  const { data } = errorSchema.safeParse(body);
  if (data === undefined || headers['cf-mitigated'] !== undefined) return undefined;
  const [family = ''] = data.code.split('.');
  switch (family) {
    case 'DataInspectionFailed':
    case 'data_inspection_failed':
      return { kind: 'content_policy' };
    case 'Arrearage':
    case 'AllocationQuota':
      return { kind: 'quota_exhausted', resetsAt: null };
    case 'InvalidApiKey':
      return { kind: 'unauthorized' };
    default:
      return undefined;
  }
}
