import { parseProxyLine } from 'penstock/upstream';
import { z } from 'zod';

import { pageSchema } from '../http/index.js';

import { TOKEN_STATES } from './token-state.js';

const KIND = /^[a-z][a-z0-9-]{0,63}$/;

const label = z.string().trim().min(1).max(100).meta({ description: 'For people.', example: 'team-a' });

const secret = z
  .string()
  .trim()
  .min(1)
  .max(16_384)
  .regex(/^[\x21-\x7e]*$/, 'expected visible ASCII characters without spaces, as a header can carry them')
  .meta({ description: 'The credential. Stored encrypted, never shown again.', example: 'sk-…' });

const baseUrl = z
  .string()
  .max(2_048)
  .refine(
    isBaseUrl,
    'expected an http(s) URL without user, query and fragment, such as https://api.example.com/v1',
  )
  .transform((url) => url.replace(/\/+$/, ''))
  .nullable()
  .meta({
    description: 'Where the API is; null for the base URL of the provider.',
    example: 'https://api.openai.com/v1',
  });

const proxyUrl = z
  .string()
  .max(2_048)
  .refine(
    isProxyUrl,
    'expected an HTTP, HTTPS or SOCKS5 proxy, such as http://user:password@proxy.example.com:3128 or host:3128:user:password',
  )
  .transform((text) => parseProxyLine(text))
  .nullable()
  .meta({
    description: 'The proxy of this token; null for the one of the settings, if any.',
    example: 'http://proxy.example.com:3128',
  });

const limits = z
  .record(z.string().regex(KIND, 'expected a kind such as video'), z.int().min(-1).max(100_000))
  .meta({
    description: 'Most generations at once by kind; -1, or a kind that is left out, for no limit.',
    example: { video: 2 },
  });

const requestsPerMinute = z.int().min(1).max(100_000).nullable().meta({
  description: 'Most generations that begin within any 60 seconds; null for no limit.',
  example: 60,
});

const weight = z.number().min(0).max(1_000).meta({
  description: 'Share of the work relative to other tokens; 0 for a token of last resort.',
  example: 1,
});

const quotaGroup = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .nullable()
  .meta({ description: 'Tokens of one group use up one account.', example: null });

const expiresAt = z.iso
  .datetime({ offset: true, error: 'expected a time such as 2027-01-31T12:00:00Z' })
  .transform((time) => Date.parse(time))
  .nullable()
  .meta({ description: 'When the credential stops to be good.', example: null });

const remark = z.string().max(1_000).meta({ description: 'For people.', example: '' });

/** The fields that an operator sets and may change. */
const editable = {
  label,
  secret,
  baseUrl,
  limits,
  requestsPerMinute,
  weight,
  quotaGroup,
  proxyUrl,
  expiresAt,
  remark,
};

const refreshSecret = secret
  .nullable()
  .meta({ description: 'Renews the credential, where the provider can.' });

/** The body of `POST /admin/tokens`. */
export const createTokenSchema = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .max(100)
      .meta({ description: 'The name of a provider.', example: 'openai-videos' }),
    label,
    secret,
    baseUrl: baseUrl.default(null),
    limits: limits.default({}),
    requestsPerMinute: requestsPerMinute.default(null),
    weight: weight.default(1),
    quotaGroup: quotaGroup.default(null),
    proxyUrl: proxyUrl.default(null),
    refreshSecret: refreshSecret.default(null),
    expiresAt: expiresAt.default(null),
    remark: remark.default(''),
  })
  .meta({ id: 'CreateToken' });

/** The body of `PATCH /admin/tokens/{id}`: what is left out stays as it is. */
export const updateTokenSchema = z
  .strictObject({ ...editable, refreshSecret })
  .partial()
  .meta({ id: 'UpdateToken' });

/** The query of `DELETE /admin/tokens/{id}`. */
export const deleteTokenSchema = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((force) => force === 'true')
    .meta({ description: 'Delete it even while generations depend on it; they then fail.' }),
});

/** The body of `POST /admin/tokens/{id}/disable`; it may be left out. */
export const disableTokenSchema = z
  .strictObject({ reason: z.string().trim().min(1).max(200).optional().meta({ description: 'For people.' }) })
  .prefault({})
  .meta({ id: 'DisableToken' });

const count = z.int().min(0);

/** A token as operators see it. */
export const tokenSchema = z
  .object({
    id: z.string().meta({ example: 'tok_5f0c8e6e1d2b4a7f9c3d5e7f' }),
    provider: z.string().meta({ example: 'openai-videos' }),
    label: z.string().meta({ example: 'team-a' }),
    state: z
      .enum(TOKEN_STATES)
      .meta({ description: 'Whether it may be used; how busy it is, inFlight tells.' }),
    reason: z.string().nullable().meta({ description: 'Why it is not ready.' }),
    disabledBy: z.enum(['operator', 'machine']).nullable(),
    disabledAt: z.iso.datetime().nullable(),
    coolingUntil: z.iso.datetime().nullable(),
    fingerprint: z
      .string()
      .meta({ description: 'Equal for equal secrets.', example: '9f86d081884c7d659a2feaa0c55ad015' }),
    last4: z.string().meta({ description: 'The end of the secret.', example: 'Qk3T' }),
    hasRefreshSecret: z.boolean(),
    baseUrl: z.string().nullable(),
    proxyUrl: z.string().nullable().meta({ description: 'Without user and password.' }),
    limits: z.record(z.string(), z.int()),
    rampLimit: z.int().nullable().meta({
      description:
        'Most generations at once while it is tried again after errors; doubles with each success.',
    }),
    requestsPerMinute: z.int().nullable(),
    weight: z.number(),
    quotaGroup: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    quota: z
      .object({
        remaining: z
          .number()
          .nullable()
          .meta({ description: "Units left, the upstream's own; null for no limit." }),
        resetsAt: z.iso.datetime().nullable(),
        readAt: z.iso.datetime(),
      })
      .nullable()
      .meta({ description: 'What the upstream said last; null where it does not tell.' }),
    remark: z.string(),
    counters: z.object({
      inFlight: count.meta({ description: 'Generations that it serves now.' }),
      submitted: count.meta({ description: 'Jobs that the upstream accepted.' }),
      completed: count,
      failed: count,
      errors: count.meta({ description: 'Submissions that failed because of it.' }),
      consecutiveErrors: count.meta({ description: 'Errors in a row; 3 turn the token off.' }),
    }),
    today: z
      .object({ submitted: count, completed: count, failed: count, errors: count })
      .meta({ description: 'Of the counters, what happened since midnight in UTC.' }),
    lastError: z
      .object({ kind: z.string().meta({ example: 'rate_limited' }), at: z.iso.datetime() })
      .nullable()
      .meta({ description: 'The last failure that was due to it.' }),
    lastUsedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Token' });

/** A page of tokens. */
export const tokenPageSchema = pageSchema(tokenSchema).meta({ id: 'TokenPage' });

/** The answer of `POST /admin/tokens/{id}/test`. */
export const tokenTestSchema = z
  .object({
    valid: z.boolean().nullable().meta({ description: 'null when the upstream gave no usable answer.' }),
    detail: z.string().meta({ description: 'What the upstream said.' }),
    token: tokenSchema,
  })
  .meta({ id: 'TokenTest' });

export type CreateTokenBody = z.output<typeof createTokenSchema>;
export type UpdateTokenBody = z.output<typeof updateTokenSchema>;
export type DeleteTokenQuery = z.output<typeof deleteTokenSchema>;
export type DisableTokenBody = z.output<typeof disableTokenSchema>;
export type TokenView = z.output<typeof tokenSchema>;
export type TokenTestView = z.output<typeof tokenTestSchema>;

function isBaseUrl(text: string): boolean {
  const url = httpUrl(text);
  if (url === undefined) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function isProxyUrl(text: string): boolean {
  try {
    parseProxyLine(text);
    return true;
  } catch {
    return false;
  }
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
