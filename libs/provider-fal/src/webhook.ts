import { createHash, createPublicKey, verify } from 'node:crypto';

import type { JsonObject } from 'penstock/kernel';
import type { WebhookEvent, WebhookRequest } from 'penstock/plugin-api';

import { idSchema } from './queue.js';

/** How far the time that was signed may be from ours, in milliseconds. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Checks the signature of a callback: Ed25519 over the ids of request and user, the time and the SHA-256 of the body, a line
 * each. A time that is more than 5 minutes off is refused. One that is repeated sooner only has the job read once more.
 *
 * Source: https://fal.ai/docs/documentation/model-apis/inference/webhooks
 *
 * @param publicKey - `x` of a key of https://rest.fal.ai/.well-known/jwks.json
 */
export function isGenuine({ headers, rawBody, receivedAt }: WebhookRequest, publicKey: string): boolean {
  const timestamp = headers['x-fal-webhook-timestamp'];
  const signature = headers['x-fal-webhook-signature'];
  const signed = [headers['x-fal-webhook-request-id'], headers['x-fal-webhook-user-id'], timestamp];
  if (signature === undefined || signed.includes(undefined)) return false;
  if (receivedAt !== undefined && !(Math.abs(receivedAt - Number(timestamp) * 1_000) <= TOLERANCE_MS)) {
    return false;
  }
  const message = [...signed, createHash('sha256').update(rawBody).digest('hex')].join('\n');
  try {
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
    return verify(null, Buffer.from(message), key, Buffer.from(signature, 'hex'));
  } catch {
    // What is set is no key.
    return false;
  }
}

/** The request that a callback is about, which has ended, well or not; `null` when its body names none. */
export function eventIn(rawBody: Uint8Array): WebhookEvent | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    // What the schema takes is an object, and what JSON.parse made of it a JsonObject.
    return { jobId: idSchema.parse(payload).request_id, payload: payload as JsonObject };
  } catch {
    return null;
  }
}
