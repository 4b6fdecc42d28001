import { createHmac } from 'node:crypto';

const GOOD_FOR_S = 1_800;
/** How far the upstream's clock may be behind ours, in seconds. */
const CLOCK_SKEW_S = 5;

/**
 * What goes into `Authorization: Bearer …`: for `accessKey:secretKey` a JWT that is good for half an hour, signed with
 * the secret key by HS256; any other secret as it is, such as a JWT that was made elsewhere.
 *
 * @param now - wall-clock time in milliseconds since 1970
 */
export function bearerOf(secret: string, now: number): string {
  const [, accessKey, secretKey] = /^([^:]+):(.+)$/.exec(secret) ?? [];
  if (accessKey === undefined || secretKey === undefined) return secret;
  const seconds = Math.floor(now / 1_000);
  const claims = { iss: accessKey, exp: seconds + GOOD_FOR_S, nbf: seconds - CLOCK_SKEW_S };
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secretKey).update(content).digest('base64url')}`;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
