import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

const proxyUrl = z
  .string()
  .max(2_048)
  .refine(
    isProxyUrl,
    'expected the URL of an HTTP, HTTPS or SOCKS5 proxy without user and password, such as http://proxy.example.com:3128',
  );

/** The proxies of tokens that name none. */
export const proxySettings = defineSettings({
  name: 'proxy',
  description:
    'The way to the upstreams for tokens without a proxyUrl of their own. Counts for calls from now on. A proxy with a ' +
    'password belongs to the tokens, where it is stored encrypted.',
  schema: z.object({
    url: proxyUrl.nullable().default(null).describe('The proxy of every provider; null for none.'),
    providers: z
      .record(z.string().min(1).max(100), proxyUrl.nullable())
      .default({})
      .describe('By provider, instead of the one above; null for a direct connection.'),
  }),
});

function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname, pathname, search, hash } = new URL(text);
  const isProxy = ['http:', 'https:', 'socks5:'].includes(protocol) && hostname !== '';
  return isProxy && username + password + search + hash === '' && (pathname === '' || pathname === '/');
}
