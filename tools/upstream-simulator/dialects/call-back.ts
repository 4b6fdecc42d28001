import { createHash, createHmac, createPrivateKey, createPublicKey, sign as signWith } from 'node:crypto';

import type { Callback } from '../core/callbacks.js';
import { viewOf, type Job } from '../core/job.js';
import type { World } from '../core/world.js';
import type { Render } from './jobs.js';

/** What callbacks of every account are signed with, where the dialect signs them. */
export const WEBHOOK_SECRET = `whsec_${Buffer.from('simulated-webhook-secret').toString('base64')}`;

/** The private key is always the same; so is its public part, which is what callers are told. */
const ED25519 = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${'17'.repeat(32)}`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

/** What proves the callbacks of fal: its public key, as a JWK has it. */
export const FAL_WEBHOOK_KEY = createPublicKey(ED25519).export({ format: 'jwk' }).x ?? '';

/** Where to call back, and how. */
export interface CallbackRequest {
  /** As the submission named it; anything but a text means nowhere. */
  readonly url: unknown;
  readonly render: Render;
  /** @defaultValue nothing is signed */
  readonly sign?: (body: string, now: number) => Callback['headers'];
}

/** Has a job called back about when it ends. */
export function callBack(world: World, job: Job | undefined, { url, render, sign }: CallbackRequest): void {
  if (job === undefined || typeof url !== 'string') return;
  world.callbacks.watch(job, () => {
    const now = world.clock.now();
    const body = JSON.stringify(render({ job, view: viewOf(job, now) }));
    return { url, body, headers: sign?.(body, now) ?? {} };
  });
}

/** The headers of the Standard Webhooks specification. */
export function standardSignature(id: string): NonNullable<CallbackRequest['sign']> {
  return (body, now) => {
    const timestamp = String(Math.floor(now / 1_000));
    const key = Buffer.from(WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  };
}

/** The headers of fal. */
export function falSignature(id: string): NonNullable<CallbackRequest['sign']> {
  return (body, now) => {
    const signed = [id, 'simulated-user', String(Math.floor(now / 1_000))];
    const message = [...signed, createHash('sha256').update(body).digest('hex')].join('\n');
    const [request = '', user = '', timestamp = ''] = signed;
    return {
      'x-fal-webhook-request-id': request,
      'x-fal-webhook-user-id': user,
      'x-fal-webhook-timestamp': timestamp,
      'x-fal-webhook-signature': signWith(null, Buffer.from(message), ED25519).toString('hex'),
    };
  };
}
