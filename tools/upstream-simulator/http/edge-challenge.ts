import type { Answer } from './answer.js';

const PAGE = `<!DOCTYPE html>
<html lang="en-US">
<head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body>
<h1>Verifying you are human. This may take a few seconds.</h1>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = { cType: 'managed' };</script>
</body>
</html>
`;

/** What a CDN says in place of the upstream when it takes the caller for a robot. */
export const EDGE_CHALLENGE: Answer = {
  status: 403,
  headers: {
    server: 'cloudflare',
    'cf-mitigated': 'challenge',
    'cf-ray': '8f0000000000abcd-FRA',
    'cache-control': 'private, max-age=0, no-store, no-cache, must-revalidate',
    'content-type': 'text/html; charset=UTF-8',
  },
  body: PAGE,
};
