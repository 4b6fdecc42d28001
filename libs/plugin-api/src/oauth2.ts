import type { JsonValue } from 'penstock/kernel';

import { classifyAnswer } from './classify-answer.js';
import type { RefreshedCredential } from './job.js';
import type { RefreshContext } from './provider-context.js';
import { ProviderError, type ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';

/** A client of an OAuth 2.0 authorization server. */
export interface OAuth2Client {
  /** The token endpoint: a path under the base URL of the token, or a whole URL. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** Sent by HTTP Basic; leave it out for a public client. */
  readonly clientSecret?: string;
  /** Scopes separated by spaces. @defaultValue those that were granted before */
  readonly scope?: string;
}

/**
 * The refresh-token grant of OAuth 2.0, for the `refreshCredential` of a provider.
 *
 * Source: RFC 6749, section 6; errors by section 5.2. `expires_in` counts from `now`, taken before the request, so that
 * the credential counts as expired rather too early than too late.
 *
 * @param now - wall-clock time in milliseconds since 1970
 * @throws ProviderError `unauthorized` for `invalid_grant`, `invalid_client` and `unauthorized_client`; `ambiguous` for
 *   an answer without an access token: a refresh token that is rotated may be used up
 */
export async function refreshByOAuth2(
  client: OAuth2Client,
  { http, refreshSecret }: RefreshContext,
  now: number,
): Promise<RefreshedCredential> {
  const { tokenEndpoint, clientId, clientSecret, scope } = client;
  const urlencoded = {
    grant_type: 'refresh_token',
    refresh_token: refreshSecret,
    ...(scope === undefined ? {} : { scope }),
    ...(clientSecret === undefined ? { client_id: clientId } : {}),
  };
  const { body } = await http.json({
    method: 'POST',
    path: tokenEndpoint,
    headers: clientSecret === undefined ? {} : { authorization: basic(clientId, clientSecret) },
    body: { urlencoded },
    classify: (answer) => classifyRefusal(answer, now),
  });
  const secret = fieldOf(body, 'access_token');
  if (typeof secret !== 'string' || secret === '') {
    throw new ProviderError({ kind: 'ambiguous' }, 'The token endpoint answered without an access_token.');
  }
  const rotated = fieldOf(body, 'refresh_token');
  const seconds = Number(fieldOf(body, 'expires_in') ?? Number.NaN);
  return {
    secret,
    refreshSecret: typeof rotated === 'string' && rotated !== '' ? rotated : null,
    expiresAt: seconds > 0 ? Math.min(now + seconds * 1_000, Number.MAX_SAFE_INTEGER) : null,
  };
}

const REFUSED: readonly unknown[] = ['invalid_grant', 'invalid_client', 'unauthorized_client'];

/** Servers differ in the status of a refusal; the code in the body is what the standard defines. */
function classifyRefusal(answer: UpstreamAnswer, now: number): ProviderFailure {
  if (answer.status < 500 && REFUSED.includes(fieldOf(answer.body, 'error'))) return { kind: 'unauthorized' };
  return classifyAnswer(answer, now);
}

function fieldOf(body: JsonValue, name: string): JsonValue | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject && Object.hasOwn(body, name)
    ? (body as Readonly<Record<string, JsonValue>>)[name]
    : undefined;
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are joined. */
function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}
