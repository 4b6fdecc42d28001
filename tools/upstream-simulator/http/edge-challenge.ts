import type { FaultOf } from '../core/fault.js';
import type { Answer } from './answer.js';

const CHALLENGE = `<!DOCTYPE html>
<html lang="en-US">
<head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body>
<h1>Verifying you are human. This may take a few seconds.</h1>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = { cType: 'managed' };</script>
</body>
</html>
`;

const BLOCK = `<!DOCTYPE html>
<html lang="en-US">
<head><title>Attention Required! | Cloudflare</title></head>
<body><h1>Sorry, you have been blocked</h1></body>
</html>
`;

const HEADERS = {
  server: 'cloudflare',
  'cf-ray': '8f0000000000abcd-FRA',
  'cache-control': 'private, max-age=0, no-store, no-cache, must-revalidate',
};
const HTML = { ...HEADERS, 'content-type': 'text/html; charset=UTF-8' };

/**
 * What a CDN says in place of the upstream when it takes the caller for a robot: a challenge, which its header tells; the page of a
 * rule that blocks; and the text of its own limit of requests.
 */
export const EDGE_ANSWERS: Readonly<Record<FaultOf<'edge-challenge'>['form'], Answer>> = {
  challenge: { status: 403, headers: { ...HTML, 'cf-mitigated': 'challenge' }, body: CHALLENGE },
  block: { status: 403, headers: HTML, body: BLOCK },
  limit: {
    status: 429,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=UTF-8' },
    body: 'error code: 1015',
  },
};
