import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

import { newWebhookSecret, signatureHeaders, type SignedMessage } from './signature.js';

const client = new OpenAI({ apiKey: 'unused' });
const message = (): SignedMessage => ({
  id: 'evt_1',
  timestamp: Math.floor(Date.now() / 1_000),
  body: '{"type":"video.completed","data":{"id":"video_1"},"text":"ä€😀"}',
});

describe('signatureHeaders', () => {
  it('are those of the specification', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const example = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders(example, [secret])).toEqual({
      'webhook-id': example.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('satisfy the SDK with each of the secrets that sign', async () => {
    const [fresh, old] = [newWebhookSecret(), newWebhookSecret()];
    const signed = message();
    const headers = signatureHeaders(signed, [fresh, old]);
    for (const secret of [fresh, old])
      expect(await client.webhooks.unwrap(signed.body, headers, secret)).toEqual(JSON.parse(signed.body));
  });

  it('do not satisfy it with another secret, body, id or time', async () => {
    const secret = newWebhookSecret();
    const signed = message();
    const headers = signatureHeaders(signed, [secret]);
    const refused = (body: string, changed: Record<string, string>, by = secret): Promise<void> =>
      expect(client.webhooks.unwrap(body, changed, by)).rejects.toThrow(/signature|too old/i);
    await refused(signed.body, headers, newWebhookSecret());
    await refused(`${signed.body} `, headers);
    await refused(signed.body, { ...headers, 'webhook-id': 'evt_2' });
    await refused(signed.body, { ...headers, 'webhook-timestamp': String(signed.timestamp - 1) });
    const stale = signatureHeaders({ ...signed, timestamp: signed.timestamp - 301 }, [secret]);
    await refused(signed.body, stale);
  });
});

it('newWebhookSecret has 256 random bits after its prefix', () => {
  const secrets = Array.from({ length: 100 }, newWebhookSecret);
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  }
});
