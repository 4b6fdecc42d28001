import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadConfig } from '../config/index.js';
import { InputFiles, MAX_REFERENCE_BYTES } from '../generations/input-files.js';
import { VideoUploads, type VideoRequest } from './video-uploads.js';

const PNG = new File(['a png'], 'a.png', { type: 'image/png' });

describe('VideoUploads', () => {
  let folder: string;
  let server: FastifyInstance;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-uploads-'));
    const uploads = new VideoUploads(new InputFiles(loadConfig({ PENSTOCK_DATA_DIR: folder })));
    server = fastify({ forceCloseConnections: true });
    await server.register(multipart);
    server.post('/', (request) => uploads.read(request));
    server.setErrorHandler((error, _request, reply) => {
      const { issues } = error as { issues?: readonly object[] };
      const { code, message } = error as { code?: string; message?: string };
      return reply.status(400).send({ code, message, issues });
    });
    url = await server.listen();
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const files = (): Promise<string[]> => readdir(join(folder, 'inputs')).catch(() => []);
  const send = async (body: FormData | object): Promise<Response> =>
    body instanceof FormData
      ? fetch(url, { method: 'POST', body })
      : fetch(url, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        });
  const read = async (body: FormData | object) => (await (await send(body)).json()) as VideoRequest;
  const refused = async (body: FormData | object): Promise<string> => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    return answer.text();
  };
  function form(fields: Record<string, string | File>): FormData {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields)) made.append(name, value);
    return made;
  }

  it('reads JSON', async () => {
    expect(await read({ prompt: 'a cat', seconds: 8 })).toEqual({
      body: { model: 'sora-2', prompt: 'a cat', seconds: '8' },
      upload: null,
    });
  });

  it('reads a form, its file wherever it stands', async () => {
    for (const fields of [
      { input_reference: PNG, prompt: 'a cat' },
      { prompt: 'a cat', input_reference: PNG },
    ]) {
      expect(await read(form(fields))).toMatchObject({
        body: { model: 'sora-2', prompt: 'a cat' },
        upload: { type: 'file', filename: 'a.png', contentType: 'image/png', bytes: 5 },
      });
    }
    expect(await files()).toHaveLength(2);
  });

  it('leaves what may be a parameter of the model to be judged with that', async () => {
    const odd = 'input_reference[__proto__]';
    const { body } = await read(form({ prompt: 'a cat', watermark: 'false', [odd]: 'x' }));
    expect(body).toEqual({ model: 'sora-2', prompt: 'a cat', watermark: 'false', [odd]: 'x' });
  });

  it('reads nested fields as forms spell them', async () => {
    const fields = { prompt: 'a cat', 'input_reference[image_url]': 'https://example.test/a.png' };
    expect((await read(form(fields))).body.input_reference).toEqual({
      image_url: 'https://example.test/a.png',
    });
  });

  it.each([
    [{ prompt: 'a cat', colour: 'r'.repeat(1_001) }, 'colour'],
    [{ seconds: '4' }, 'prompt'],
    [{ prompt: 'a cat', 'input_reference[other]': 'x' }, 'input_reference'],
    [{ prompt: 'a cat', input_reference: new File([], 'a.png', { type: 'image/png' }) }, 'an empty file'],
    [{ prompt: 'a cat', picture: PNG }, 'at most one file, in the field \\"input_reference\\"'],
    [{ prompt: '', input_reference: PNG }, 'prompt'],
    [{ prompt: 'x', input_reference: new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' }) }, 'svg+xml'],
  ] satisfies [Record<string, string | File>, string][])(
    'refuses the form %j and keeps no file',
    async (fields, named) => {
      expect(await refused(form(fields))).toContain(named);
      expect(await files()).toEqual([]);
    },
  );

  it('refuses a second file', async () => {
    const twice = form({ prompt: 'a cat', input_reference: PNG });
    twice.append('input_reference', PNG);
    await refused(twice);
    expect(await files()).toEqual([]);
  });

  it('refuses a file that is too large', async () => {
    const large = new File([Buffer.alloc(MAX_REFERENCE_BYTES + 1)], 'a.png', { type: 'image/png' });
    expect(await refused(form({ prompt: 'a cat', input_reference: large }))).toMatch(/large/);
    expect(await files()).toEqual([]);
  });

  it('goes on to serve after each of these', async () => {
    await refused(form({ picture: PNG }));
    expect((await read({ prompt: 'a cat' })).body.prompt).toBe('a cat');
  });
});
