import { createHash, generateKeyPairSync, sign } from 'node:crypto';

import type { WebhookRequest } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { CALLBACK } from './documented.fixture.js';
import { eventIn, isGenuine } from './webhook.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEY = publicKey.export({ format: 'jwk' }).x ?? '';
const AT = 1_700_000_000;

function signed(receivedAt: number): WebhookRequest {
  const rawBody = Buffer.from(JSON.stringify(CALLBACK));
  const digest = createHash('sha256').update(rawBody).digest('hex');
  const signature = sign(null, Buffer.from(`r1\nu1\n${AT}\n${digest}`), privateKey);
  const headers = {
    'x-fal-webhook-request-id': 'r1',
    'x-fal-webhook-user-id': 'u1',
    'x-fal-webhook-timestamp': String(AT),
    'x-fal-webhook-signature': signature.toString('hex'),
  };
  return { headers, rawBody, receivedAt };
}

describe('a callback of fal', () => {
  it.each([-300_000, 0, 300_000])('is taken %i ms after it was signed', (ms) => {
    expect(isGenuine(signed(AT * 1_000 + ms), KEY)).toBe(true);
  });

  it.each([-300_001, 300_001, Number.NaN])('is refused %d ms after it was signed', (ms) => {
    expect(isGenuine(signed(AT * 1_000 + ms), KEY)).toBe(false);
  });

  it.each(['request-id', 'user-id', 'timestamp', 'signature'])(
    'is refused with another %s, or none',
    (name) => {
      const { headers, ...request } = signed(AT * 1_000);
      const { [`x-fal-webhook-${name}`]: got = '', ...others } = headers;
      expect(isGenuine({ ...request, headers: others }, KEY)).toBe(false);
      const changed = {
        ...others,
        [`x-fal-webhook-${name}`]: `${got.slice(0, -1)}${got.endsWith('1') ? '2' : '1'}`,
      };
      expect(isGenuine({ ...request, headers: changed }, KEY)).toBe(false);
    },
  );

  it('is refused by another key, and by what is none', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
    for (const key of [other, '', 'whsec_none']) expect(isGenuine(signed(AT * 1_000), key)).toBe(false);
  });

  it('speaks of an end, of whichever kind', () => {
    const rawBody = Buffer.from(
      JSON.stringify({ ...CALLBACK, status: 'ERROR', error: 'Invalid status code: 422' }),
    );
    expect(eventIn(rawBody)).toMatchObject({ jobId: CALLBACK.request_id });
  });
});
