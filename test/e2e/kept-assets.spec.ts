import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { stage, QUICK, type Stage } from '../support/stage.js';

/** In CI a size that is moved in a moment; PENSTOCK_ASSET_BYTES=2147483648 makes it 2 GiB. */
const BYTES = Number(process.env['PENSTOCK_ASSET_BYTES'] ?? 40 * 1024 * 1024);
const PATIENT = { timeout: 120_000, interval: 100 };

async function open(contentBytes: number, settings: object = {}): Promise<Stage> {
  const on = await stage({
    credentials: [{ secret: 'sk-one' }],
    behaviour: { ...QUICK, contentBytes },
  });
  await keep(on, settings);
  return on;
}

async function keep(on: Stage, settings: object): Promise<void> {
  const { body } = await on.api.request('GET', '/admin/settings/assets');
  const version = `"${String(body['version'])}"`;
  const values = { keep: true, firstPauseMs: 50, longestPauseMs: 500, ...settings };
  const answer = await on.api.request('PUT', '/admin/settings/assets', values, { 'if-match': version });
  expect(answer.status).toBe(200);
}

/** What lies in the sink: the names of whole files, which are their hashes. */
async function stored({ dataDir }: Stage): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'assets'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.length === 64)
    .map(({ name }) => name)
    .sort();
}

const fetchAsset = ({ api }: Stage, id: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${api.url}/v1/generations/${id}/assets/0`, {
    headers: { authorization: `Bearer ${api.key}`, ...headers },
  });

async function hashOf(answer: Response): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    const piece: unknown = chunk;
    if (!(piece instanceof Uint8Array)) throw new Error('The body holds no bytes.');
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

const isServedFromSink = (answer: Response, names: readonly string[]): boolean =>
  names.some((name) => answer.headers.get('etag') === `"${name}"`);

async function completed(on: Stage, prompt: string): Promise<string> {
  const { id } = await on.api.generate(prompt);
  expect((await on.api.end(id)).status).toBe('completed');
  return id;
}

describe('the files of generations that are kept', () => {
  it('are copied although the upstream breaks twice, and served from the copy, in parts too', async () => {
    const on = await open(BYTES, { maxActive: 1 });
    const fault = { type: 'reset-after' } as const;
    on.simulator.control.addFault({ operation: 'content', times: 2, fault });
    const id = await completed(on, 'kept');
    await expect.poll(async () => (await stored(on)).length, PATIENT).toBe(3);
    const names = await stored(on);
    await expect.poll(async () => isServedFromSink(await headOf(on, id), names), PATIENT).toBe(true);
    const whole = await fetchAsset(on, id);
    const etag = String(whole.headers.get('etag'));
    const { bytes, sha256 } = await hashOf(whole);
    expect([whole.status, bytes, `"${sha256}"`]).toEqual([200, BYTES, etag]);
    const part = await fetchAsset(on, id, { range: `bytes=${String(BYTES - 10)}-`, 'if-range': etag });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes ${String(BYTES - 10)}-${String(BYTES - 1)}/${String(BYTES)}`,
    ]);
    expect((await part.arrayBuffer()).byteLength).toBe(10);
    const beyond = await fetchAsset(on, id, { range: `bytes=${String(BYTES)}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${String(BYTES)}`]);
  }, 300_000);

  it('come from the upstream once the copy is gone, and are copied again', async () => {
    const on = await open(1_000);
    const id = await completed(on, 'gone');
    await expect.poll(async () => (await stored(on)).length, PATIENT).toBe(3);
    const names = await stored(on);
    await expect.poll(async () => isServedFromSink(await headOf(on, id), names), PATIENT).toBe(true);
    await rm(join(on.dataDir, 'assets'), { recursive: true });
    const answer = await fetchAsset(on, id);
    expect([answer.status, isServedFromSink(answer, names)]).toEqual([200, false]);
    expect((await answer.arrayBuffer()).byteLength).toBe(1_000);
    await expect.poll(async () => isServedFromSink(await headOf(on, id), names), PATIENT).toBe(true);
  });

  it('are deleted with the last generation that has them', async () => {
    const on = await open(1_000);
    const id = await completed(on, 'deleted');
    await expect.poll(async () => (await stored(on)).length, PATIENT).toBe(3);
    const other = await completed(on, 'stays');
    await expect
      .poll(async () => isServedFromSink(await headOf(on, other), await stored(on)), PATIENT)
      .toBe(true);
    expect((await on.api.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    expect((await fetchAsset(on, other)).status).toBe(200);
    expect((await on.api.request('DELETE', `/v1/generations/${other}`)).status).toBe(204);
    await expect.poll(() => stored(on), PATIENT).toEqual([]);
  });

  it('are copied after kills at any moment, and nothing else is left', async () => {
    const on = await open(8 * 1024 * 1024);
    const ids: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      ids.push(await completed(on, `killed ${String(round)}`));
      await on.restart('SIGKILL');
    }
    for (const id of ids) {
      const isKept = async (): Promise<boolean> => isServedFromSink(await headOf(on, id), await stored(on));
      await expect.poll(isKept, PATIENT).toBe(true);
      const { bytes, sha256 } = await hashOf(await fetchAsset(on, id));
      expect([bytes, (await stored(on)).includes(sha256)]).toEqual([8 * 1024 * 1024, true]);
    }
    await expect.poll(() => readdir(join(on.dataDir, 'assets', 'new')).catch(() => []), PATIENT).toEqual([]);
  });
});

const headOf = ({ api }: Stage, id: string): Promise<Response> =>
  fetch(`${api.url}/v1/generations/${id}/assets/0`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${api.key}` },
  });
