import { defineSettings } from 'penstock/settings';
import { parseProxyLine } from 'penstock/upstream';
import { z } from 'zod';

/** Stands for the proxies of `/admin/proxies`, in turn. */
export const POOL = 'pool';

const MINUTE_MS = 60_000;

const proxyUrl = z
  .string()
  .max(2_048)
  .refine(
    isProxy,
    'expected pool, or an HTTP, HTTPS or SOCKS5 proxy without user and password, such as http://proxy.example.com:3128',
  );

const pause = z
  .int()
  .min(100)
  .max(24 * 60 * MINUTE_MS);

/** The proxies of tokens that name none. */
export const proxySettings = defineSettings({
  name: 'proxy',
  description:
    'The way to the upstreams for tokens without a proxyUrl of their own. Counts for calls from now on. A proxy with a ' +
    'password belongs to the tokens or to the pool, where it is stored encrypted.',
  schema: z.object({
    url: proxyUrl
      .nullable()
      .default(null)
      .describe('The proxy of every provider; pool for those of /admin/proxies in turn; null for none.'),
    providers: z
      .record(z.string().min(1).max(100), proxyUrl.nullable())
      .default({})
      .describe('By provider, instead of the one above; null for a direct connection.'),
    probePauseMs: pause
      .default(5_000)
      .describe(
        'From a failure of a proxy to the first probe; twice as long after each one that did not pass.',
      ),
    longestProbePauseMs: pause
      .default(5 * MINUTE_MS)
      .describe('The longest pause between two probes of a proxy.'),
  }),
});

function isProxy(text: string): boolean {
  if (text === POOL) return true;
  try {
    const { username, password } = new URL(parseProxyLine(text));
    return username + password === '' && text.includes('://');
  } catch {
    return false;
  }
}
