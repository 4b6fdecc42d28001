import { createHmac } from 'node:crypto';

import type { WebhookRequest } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { isGenuine } from './webhook.js';

const KEY = Buffer.from('0123456789abcdef01234567');
const SECRET = `whsec_${KEY.toString('base64')}`;
const AT = 1_700_000_000;

function signed(receivedAt: number): WebhookRequest {
  const rawBody = Buffer.from('{"id":"p1"}');
  const signature = createHmac('sha256', KEY).update(`msg_1.${AT}.{"id":"p1"}`).digest('base64');
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(AT),
    'webhook-signature': `v1,${signature}`,
  };
  return { headers, rawBody, receivedAt };
}

describe('a callback of Replicate', () => {
  it.each([-300_000, 0, 300_000])('is taken %i ms after it was signed', (ms) => {
    expect(isGenuine(signed(AT * 1_000 + ms), SECRET)).toBe(true);
  });

  it.each([-300_001, 300_001, 86_400_000, Number.NaN])('is refused %d ms after it was signed', (ms) => {
    expect(isGenuine(signed(AT * 1_000 + ms), SECRET)).toBe(false);
  });

  it('is refused when its time is another one than was signed, or none', () => {
    const { headers, ...request } = signed(AT * 1_000);
    for (const timestamp of [String(AT + 1), '', 'now', `${AT}.0`]) {
      const changed = { ...headers, 'webhook-timestamp': timestamp };
      expect(isGenuine({ ...request, headers: changed }, SECRET)).toBe(false);
    }
  });
});
