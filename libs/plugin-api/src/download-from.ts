import type { Download, DownloadRequest } from './job.js';
import type { ProviderContext } from './provider-context.js';
import { ProviderError, type ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';
import { toDownload } from './to-download.js';

/**
 * Fetches an asset from the URL that an upstream tells, for the `download` of a provider whose upstream keeps its files
 * elsewhere. `Range` and `If-Range` go along; the credential does not, as the URL itself grants the access.
 *
 * @throws ProviderError `ambiguous` when the URL is none of http(s); `invalid_request` when the place refuses it, for
 *   example because it expired: that says nothing of the token; `transient` for 429
 */
export async function downloadFrom(
  url: string,
  { range, ifRange }: DownloadRequest,
  { http }: Pick<ProviderContext, 'http'>,
): Promise<Download> {
  const { origin, pathname, searchParams } = httpUrl(url);
  const answer = await http.stream({
    method: 'GET',
    path: origin + pathname,
    query: Object.fromEntries(searchParams),
    headers: {
      ...(range === null ? {} : { range }),
      ...(ifRange === null ? {} : { 'if-range': ifRange }),
    },
    accept: [416],
    classify: classifyRefusal,
  });
  return toDownload(answer);
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const scheme = url?.protocol ?? 'no scheme';
  throw new ProviderError(
    { kind: 'ambiguous' },
    `The upstream told where the file is with ${scheme}; an http(s) URL is expected.`,
  );
}

const REFUSED: ReadonlySet<number> = new Set([401, 402, 403, 404, 410]);

/** What the keeper of files refuses is no word of the upstream on the credential. */
function classifyRefusal({ status, headers }: UpstreamAnswer): ProviderFailure | undefined {
  if (headers['cf-mitigated'] !== undefined) return undefined;
  if (REFUSED.has(status)) return { kind: 'invalid_request', param: null };
  return status === 429 ? { kind: 'transient', retryAfterMs: null } : undefined;
}
