import { createHmac, timingSafeEqual } from 'node:crypto';

import type { JsonObject } from 'penstock/kernel';
import type { WebhookEvent, WebhookRequest } from 'penstock/plugin-api';

/** How far the time that was signed may be from ours, in milliseconds. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Checks the signature of a callback: HMAC-SHA256 over `id.timestamp.body`, with the key that follows `whsec_`. The
 * header may hold several, of which one must fit. A time that is more than 5 minutes off is refused. One that is repeated
 * sooner only has the job read once more.
 *
 * Source: https://replicate.com/docs/topics/webhooks/verify-webhook
 */
export function isGenuine({ headers, rawBody, receivedAt }: WebhookRequest, webhookSecret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return false;
  if (receivedAt !== undefined && !(Math.abs(receivedAt - Number(timestamp) * 1_000) <= TOLERANCE_MS)) {
    return false;
  }
  const key = Buffer.from(webhookSecret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) return false;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
  return signatures.split(' ').some((signature) => isEqual(expected, signature.replace(/^v1,/, '')));
}

/** The prediction that a callback is about; `null` when its body is none. */
export function eventIn(rawBody: Uint8Array): WebhookEvent | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    const isNamed = typeof payload === 'object' && payload !== null && 'id' in payload;
    if (!isNamed || typeof payload.id !== 'string' || payload.id === '') return null;
    // What JSON.parse made of an object is a JsonObject.
    return { jobId: payload.id, ended: hasEnded(payload), payload: payload as JsonObject };
  } catch {
    return null;
  }
}

/** All that we ask to be told of is ends; an account may have callbacks of its own. */
const hasEnded = (payload: object): boolean =>
  !('status' in payload && (payload.status === 'starting' || payload.status === 'processing'));

function isEqual(expected: Buffer, base64: string): boolean {
  const got = Buffer.from(base64, 'base64');
  return got.length === expected.length && timingSafeEqual(got, expected);
}
