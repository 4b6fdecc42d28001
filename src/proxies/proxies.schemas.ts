import { parseProxyLine } from 'penstock/upstream';
import { z } from 'zod';

const MOST = 1_000;

const line = z
  .string()
  .max(2_048)
  .refine(
    isLine,
    'expected a proxy, such as http://user:password@host:3128, socks5://host:1080, host:3128 or host:3128:user:password',
  )
  .transform((text) => parseProxyLine(text))
  .meta({ example: 'http://user:password@proxy.example.com:3128' });

const url = z
  .string()
  .max(2_048)
  .refine(
    isHttpUrl,
    'expected an http(s) URL without credentials and fragment, such as https://api.example.com/',
  )
  .meta({
    description: 'What is asked for, by GET and without a credential.',
    example: 'https://api.example.com/',
  });

/** The body of `POST /admin/proxies`. */
export const addProxiesSchema = z
  .strictObject({ proxies: z.array(line).min(1).max(MOST) })
  .meta({ id: 'AddProxies' });

/** The body of `POST /admin/proxies/test`. */
export const testProxiesSchema = z
  .strictObject({
    proxies: z
      .array(line)
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Those of the pool when left out, the first 100.' }),
    url,
  })
  .meta({ id: 'TestProxies' });

const proxy = z
  .string()
  .meta({ description: 'Without credentials.', example: 'http://proxy.example.com:3128' });
const time = z.iso.datetime();

/** A proxy as operators see it. */
const proxySchema = z
  .object({
    id: z.string().nullable().meta({ description: 'null for one of a token or of the settings.' }),
    proxy,
    condition: z.enum(['clear', 'challenged', 'half_open']).meta({
      description:
        'challenged: it failed and is set aside. half_open: a probe passed, and one call goes first.',
    }),
    reason: z.string().nullable().meta({ description: 'Of the last failure.' }),
    nextProbeAt: time.nullable(),
    failures: z.int().meta({ description: 'How often it was set aside since the start.' }),
    createdAt: time.nullable(),
  })
  .meta({ id: 'Proxy' });

/** Every proxy of the pool, and each that calls took. */
export const proxiesSchema = z.object({ data: z.array(proxySchema) }).meta({ id: 'Proxies' });

/** The answer of `POST /admin/proxies`. */
export const addedProxiesSchema = z
  .object({
    data: z.array(proxySchema),
    duplicates: z.int().meta({ description: 'Lines that name what the pool had, or another line.' }),
  })
  .meta({ id: 'AddedProxies' });

/** The answer of `POST /admin/proxies/test`. */
export const testedProxiesSchema = z
  .object({
    data: z.array(
      z.object({
        proxy,
        ok: z.boolean(),
        status: z
          .int()
          .nullable()
          .meta({ description: 'Of the answer; any is a sign that the proxy works.' }),
        latencyMs: z.int(),
        challenge: z
          .string()
          .nullable()
          .meta({ description: 'What the edge in front of the URL challenged with.' }),
        error: z.object({ code: z.string(), message: z.string() }).nullable().meta({
          description:
            'proxy_failed tells of the proxy, tunnel_lost of it or of what lies behind it, every other code of the latter.',
        }),
      }),
    ),
  })
  .meta({ id: 'TestedProxies' });

export type AddProxies = z.output<typeof addProxiesSchema>;
export type TestProxies = z.output<typeof testProxiesSchema>;
export type ProxyBody = z.output<typeof proxySchema>;
export type AddedProxiesBody = z.output<typeof addedProxiesSchema>;
export type TestedProxiesBody = z.output<typeof testedProxiesSchema>;

function isLine(text: string): boolean {
  try {
    parseProxyLine(text);
    return true;
  } catch {
    return false;
  }
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username + password + hash === '';
}
