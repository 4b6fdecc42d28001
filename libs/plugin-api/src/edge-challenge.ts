import type { UpstreamAnswer } from './provider-http.js';

/** Statuses with which an edge answers in place of the upstream. */
const STATUSES: ReadonlySet<number> = new Set([403, 429, 503]);

/** What the pages of Cloudflare hold when it challenges or blocks, and no answer of an application does. */
const MARKS: readonly RegExp[] = [
  /cdn-cgi\/challenge-platform/,
  /window\._cf_chl_opt/,
  /<title>(Just a moment\.\.\.|Attention Required! \| Cloudflare)<\/title>/i,
  /^\s*error code: 10\d\d\s*$/,
  /cf-error-details[\s\S]*\b10(05|06|07|08|09|10|12|15|20)\b/,
];

/**
 * Whether an edge (Cloudflare) answered with a challenge or a block instead of handing the request on: by its
 * `cf-mitigated` header, or by status and body of an answer that came through it. JSON is the application's own word,
 * except where Cloudflare names itself in it.
 *
 * @returns what was seen, for people; `undefined` when the answer is the upstream's
 */
export function edgeChallengeIn({ status, headers, body }: UpstreamAnswer): string | undefined {
  const mitigated = headers['cf-mitigated']?.trim().toLowerCase();
  if (mitigated === 'challenge' || mitigated === 'block') return `${status} with cf-mitigated: ${mitigated}`;
  if (!STATUSES.has(status) || !cameThroughCloudflare(headers)) return undefined;
  return isPageOfCloudflare(body) ? `${status} with a page of Cloudflare` : undefined;
}

function isPageOfCloudflare(body: UpstreamAnswer['body']): boolean {
  if (typeof body === 'string') return MARKS.some((mark) => mark.test(body));
  if (typeof body !== 'object' || body === null) return false;
  return 'cloudflare_error' in body && body['cloudflare_error'] === true;
}

function cameThroughCloudflare(headers: UpstreamAnswer['headers']): boolean {
  return headers['cf-ray'] !== undefined || headers['server']?.toLowerCase() === 'cloudflare';
}
