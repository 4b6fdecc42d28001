import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { S3_KEYS, startS3Server, type S3Server } from '../support/s3-server.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const PATIENT = { timeout: 60_000, interval: 100 };
/** Several parts. */
const BYTES = 18 * 1024 * 1024 + 11;

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
beforeEach(() => {
  s3.clear();
});
afterAll(() => s3.close());

async function open(contentBytes = BYTES): Promise<Stage> {
  const environment = {
    PENSTOCK_S3_BUCKET: s3.bucket,
    PENSTOCK_S3_ENDPOINT: s3.url,
    PENSTOCK_S3_FORCE_PATH_STYLE: 'true',
    PENSTOCK_S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
    PENSTOCK_S3_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
  };
  const on = await stage(
    { credentials: [{ secret: 'sk-one' }], behaviour: { ...QUICK, contentBytes } },
    environment,
  );
  const values = { keep: true, sink: 's3', firstPauseMs: 50, longestPauseMs: 500 };
  const answer = await on.api.request('PUT', '/admin/settings/assets', values, { 'if-match': '"0"' });
  expect(answer.status).toBe(200);
  return on;
}

async function completed(on: Stage, prompt: string): Promise<string> {
  const { id } = await on.api.generate(prompt);
  expect((await on.api.end(id)).status).toBe('completed');
  return id;
}

const fetchAsset = (
  { api }: Stage,
  id: string,
  init: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> =>
  fetch(`${api.url}/v1/generations/${id}/assets/0`, {
    ...init,
    headers: { authorization: `Bearer ${api.key}`, ...init.headers },
  });

/** Whether it comes from the copy, whose ETag is the hash of the file. */
async function isKept(on: Stage, id: string): Promise<boolean> {
  const { headers } = await fetchAsset(on, id, { method: 'HEAD' });
  return /^"[0-9a-f]{64}"$/.test(headers.get('etag') ?? '');
}

async function hashOf(answer: Response): Promise<string> {
  return `"${createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')}"`;
}

describe('files that are kept in a bucket', () => {
  it('are stored, served whole, in parts and by a link, and outlive a restart', async () => {
    const on = await open();
    const id = await completed(on, 'in a bucket');
    await expect.poll(() => isKept(on, id), PATIENT).toBe(true);
    expect(s3.requests).toContain(`PUT /${s3.bucket}/penstock/${id}/0?partNumber&uploadId&x-id`);
    await on.restart('SIGTERM');
    const whole = await fetchAsset(on, id);
    expect([whole.status, whole.headers.get('content-length')]).toEqual([200, String(BYTES)]);
    expect(await hashOf(whole)).toBe(whole.headers.get('etag'));
    const range = `bytes=${String(BYTES - 10)}-`;
    const part = await fetchAsset(on, id, { headers: { range } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    const { body } = await on.api.request('POST', `/v1/generations/${id}/assets/0/link`);
    const linked = await fetch(String(body['url']));
    const etag = linked.headers.get('etag');
    expect([linked.status, etag, await hashOf(linked)]).toEqual([200, whole.headers.get('etag'), etag]);
    expect(on.gateway().output()).not.toContain(S3_KEYS.secretAccessKey);
  });

  it('are stored although uploads break, also for longer than one attempt lasts', async () => {
    const on = await open();
    s3.fail(/^PUT .*partNumber/, 'reset', 5);
    s3.fail(/^POST .*uploadId/, 'reset');
    const id = await completed(on, 'broken uploads');
    await expect.poll(() => isKept(on, id), PATIENT).toBe(true);
    const whole = await fetchAsset(on, id);
    expect(await hashOf(whole)).toBe(whole.headers.get('etag'));
    expect(s3.unfinished.size).toBe(0);
  });

  it('are made again after a kill in the middle of an upload, and after a loss', async () => {
    const on = await open();
    const ofPart = /^PUT .*partNumber/;
    s3.fail(ofPart, 'hang');
    const id = await completed(on, 'killed');
    // Once it hangs: what comes after the kill must not.
    await expect.poll(() => s3.requests.some((line) => ofPart.test(line)), PATIENT).toBe(true);
    expect(s3.unfinished.size).toBe(1);
    await on.restart('SIGKILL');
    await expect.poll(() => isKept(on, id), PATIENT).toBe(true);
    await expect.poll(() => s3.unfinished.size, PATIENT).toBe(0);
    s3.clear();
    expect([await isKept(on, id), (await fetchAsset(on, id)).status]).toEqual([false, 200]);
    await expect.poll(() => isKept(on, id), PATIENT).toBe(true);
    expect(await hashOf(await fetchAsset(on, id))).toMatch(/^"[0-9a-f]{64}"$/);
  });

  it('leave nothing when a kill comes before they are known, and their generation is deleted', async () => {
    const on = await open(1_000);
    const name = (id: string): string => `/${s3.bucket}/penstock/${id}/0?x-id`;
    s3.fail(/^HEAD/, 'hang');
    const id = await completed(on, 'not known');
    await expect.poll(() => s3.requests.some((line) => line.startsWith('HEAD')), PATIENT).toBe(true);
    expect(s3.requests).toContain(`PUT ${name(id)}`);
    on.simulator.control.addFault({ operation: 'content', fault: { type: 'server-error' } });
    await on.restart('SIGKILL');
    expect(await isKept(on, id)).toBe(false);
    expect((await on.api.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    await expect.poll(() => s3.requests.includes(`DELETE ${name(id)}`), PATIENT).toBe(true);
  });

  it('are deleted with their generation', async () => {
    const on = await open(1_000);
    const id = await completed(on, 'deleted');
    await expect.poll(() => isKept(on, id), PATIENT).toBe(true);
    expect((await on.api.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    const gone = `DELETE /${s3.bucket}/penstock/${id}/0?x-id`;
    await expect.poll(() => s3.requests.includes(gone), PATIENT).toBe(true);
  });
});

it('a gateway without a bucket has no such sink', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  const values = { keep: true, sink: 's3' };
  const answer = await on.api.request('PUT', '/admin/settings/assets', values, { 'if-match': '"0"' });
  expect([answer.status, answer.body['error']['param']]).toEqual([400, 'sink']);
});
