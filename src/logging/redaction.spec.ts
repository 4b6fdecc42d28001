import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { redactText, redactValue } from './redaction.js';

const secret = fc.stringMatching(/^[A-Za-z0-9]{24,40}$/);

const FIELDS = [
  ...[
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'apiKey',
    'API_KEY',
  ],
  ...[
    'secret',
    'sealedSecret',
    'client_secret',
    'refreshSecret',
    'password',
    'passwd',
    'privateKey',
    'accessToken',
  ],
  ...[
    'access_token',
    'refresh_token',
    'idToken',
    'proxyUrl',
    'proxy_url',
    'prompt',
    'revised_prompt',
    'credentials',
  ],
  ...['PENSTOCK_ADMIN_KEY', 'PENSTOCK_SECRET_KEY', 'x-amz-signature', 'session_token'],
];

/** Texts that hold the secret in one of the usual places. */
const TEXTS: readonly ((value: string) => string)[] = [
  (value) => `authorization: Bearer ${value}`,
  (value) => `GET /v1/x?api_key=${value}&page=2 failed`,
  (value) => `https://cdn.example/file?X-Amz-Signature=${value}`,
  (value) => `connect postgres://user:${value}@db.example:5432/app`,
  (value) => `socks5://${value}@proxy.example:1080 refused`,
  (value) => `Incorrect API key provided: sk-${value}.`,
  (value) => `token eyJ${value}.${value}.${value} expired`,
  (value) => `Basic ${value}`,
];

/** Values that hold the secret, as deep as one likes. */
const place = (value: string): fc.Arbitrary<unknown> => {
  const field = fc.constantFrom(...FIELDS).map((name) => ({ [name]: value }));
  const text = fc.constantFrom(...TEXTS).map((make) => make(value));
  const error = text.map((message) =>
    Object.assign(new Error(message), { parameters: [value], request: { value } }),
  );
  const leaf = fc.oneof(
    field,
    text,
    error,
    field.map((inner) => new Map(Object.entries({ headers: inner }))),
  );
  return fc.integer({ min: 0, max: 12 }).chain((depth) =>
    leaf.map((inner) => {
      let held: unknown = inner;
      for (let level = 0; level < depth; level += 1) {
        held =
          level % 3 === 0
            ? [held]
            : level % 3 === 1
              ? { cause: held, n: level }
              : { body: { items: [held] } };
      }
      return held;
    }),
  );
};

describe('redactValue', () => {
  it('shows no secret that was put in any of the usual places, at any depth', () => {
    const anywhere = secret.chain((value) => place(value).map((held) => ({ value, held })));
    fc.assert(
      fc.property(anywhere, ({ value, held }) => {
        expect(JSON.stringify([redactValue(held)])).not.toContain(value);
      }),
      { numRuns: 500 },
    );
  });

  it('hides a secret in the cause of an error', () => {
    const error = new Error('outer', { cause: new Error('got Bearer abcdefghijklmnop') });
    const shown = JSON.stringify(redactValue({ err: error }));
    expect(shown).toContain('outer');
    expect(shown).not.toContain('abcdefghijklmnop');
  });

  it('ends with what bites its own tail, and bounds what is long', () => {
    const round: Record<string, unknown> = { list: Array.from({ length: 1_000 }, (_, n) => n) };
    round['self'] = round;
    expect(JSON.stringify(redactValue(round)).length).toBeLessThan(10_000);
  });

  it('leaves alone what is no secret', () => {
    const line = {
      token: 'tok_1',
      generation: 'gen_1',
      requestId: 'r-1',
      key: 'key_1',
      durationMs: 3,
      done: true,
      at: new Date(0),
      none: null,
      secret: null,
      tokens: 5,
      bytes: new Uint8Array(3),
    };
    expect(redactValue(line)).toEqual({ ...line, bytes: '[3 bytes]' });
    expect(redactText('There was 1 key; basic auth; 3 tokens at https://a.example/b?page=2')).toBe(
      'There was 1 key; basic auth; 3 tokens at https://a.example/b?page=2',
    );
  });
});
