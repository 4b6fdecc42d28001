import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { StoredReference } from './generation.entity.js';
import type { RawRequest } from './generation-requests.js';
import { NATIVE_FIELDS, VIDEO_FIELDS } from './request-fields.js';
import { TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

const BODY: RawRequest = { model: 'sora-2', input: { prompt: 'a cat' }, metadata: { a: '1' } };
const DATA_URL = `data:image/png;base64,${Buffer.from('a png').toString('base64')}`;

describe('GenerationRequests', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const upload = (): Promise<StoredReference> =>
    engine.files.save(Readable.from([Buffer.from('x')]), { filename: 'x.png', contentType: 'image/png' });
  const withReference = (imageUrl: string): RawRequest => ({
    ...BODY,
    input: { ...BODY.input, inputReference: { imageUrl } },
  });
  const files = (): Promise<string[]> => readdir(join(world.dataDir, 'inputs'));

  it('completes a request from the model, and turns every parameter into a text', async () => {
    const body = { ...BODY, provider: 'acme', input: { prompt: 'a cat', seconds: 8 } };
    expect(await engine.requests.fromBody(body, 'key')).toEqual({
      kind: 'video',
      model: 'sora-2',
      provider: 'acme',
      prompt: 'a cat',
      parameters: { seconds: '8' },
      added: {},
      reference: null,
      metadata: { a: '1' },
      idempotencyKey: 'key',
      remixOf: null,
      eventFormat: 'native',
    });
  });

  it.each([
    ['http://localhost/a.png', 'address_not_allowed'],
    ['https://2130706433/a.png', 'address_not_allowed'],
    ['http://169.254.169.254/latest', 'address_not_allowed'],
    ['https://[::1]/a.png', 'address_not_allowed'],
    ['https://u:p@example.test/a.png', 'url_not_allowed'],
  ])('refuses the reference %s', async (url, code) => {
    await expect(engine.requests.fromBody(withReference(url), null)).rejects.toMatchObject({
      code,
      field: 'input.inputReference.imageUrl',
    });
    await expect(
      engine.requests.fromBody(withReference(url), null, null, VIDEO_FIELDS),
    ).rejects.toMatchObject({
      field: 'input_reference.image_url',
    });
  });

  it('leaves it to the upstream whether a reference may be plain HTTP', async () => {
    const url = 'http://example.test/a.png';
    const { reference } = await engine.requests.fromBody(withReference(url), null);
    expect(reference).toEqual({ type: 'url', url });
  });

  it('takes references by URL, by id, as a data URL and as a file', async () => {
    const referenceOf = async (body: RawRequest, file: StoredReference | null = null) =>
      (await engine.requests.fromBody(body, null, file)).reference;
    expect(await referenceOf(withReference('https://example.test/a.png'))).toEqual({
      type: 'url',
      url: 'https://example.test/a.png',
    });
    const byId = { ...BODY, input: { ...BODY.input, inputReference: { fileId: 'file-1' } } };
    expect(await referenceOf(byId)).toEqual({ type: 'upstream-file', fileId: 'file-1' });
    const stored = await referenceOf(withReference(DATA_URL));
    expect(stored).toMatchObject({ filename: 'reference.png', contentType: 'image/png', bytes: 5 });
    const input = engine.files.open(stored);
    if (input?.type !== 'file') throw new Error('expected a file');
    expect(await (await input.open()).text()).toBe('a png');
    const file = await upload();
    expect(await referenceOf(BODY, file)).toBe(file);
  });

  it.each([
    ['data:image/png,plain', 'invalid_value', 'got a data URL that begins with "data:image/png,plain"'],
    ['data:;base64,AAAA', 'invalid_value', 'expected data:<media type>;base64,<content>'],
    ['data:image/png;base64,A*A', 'invalid_value', 'got a data URL'],
    ['data:image/png;base64,', 'invalid_value', 'got an empty file'],
    ['data:image/png;base64,A', 'invalid_value', 'got an empty file'],
    ['data:image/svg+xml;base64,AAAA', 'invalid_value', 'got a file of type "image/svg+xml"'],
    [
      `data:image/png;base64,${Buffer.alloc(20 * 1024 * 1024 + 1).toString('base64')}`,
      'file_too_large',
      'larger than 20971520 bytes',
    ],
  ])('refuses the reference %.40s', async (url, code, message) => {
    await expect(engine.requests.fromBody(withReference(url), null)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(await files()).toEqual([]);
  });

  it.each([
    [NATIVE_FIELDS, 'input.inputReference.imageUrl'],
    [VIDEO_FIELDS, 'input_reference.image_url'],
  ])('names the field as its sender spells it (%j)', async (fields, field) => {
    for (const url of ['data:image/png,plain', 'data:text/plain;base64,AAAA', 'data:image/png;base64,'])
      await expect(engine.requests.fromBody(withReference(url), null, null, fields)).rejects.toMatchObject({
        field,
        message: expect.stringMatching(`^${field}: got `) as string,
      });
  });

  it('refuses two references at once, and keeps neither', async () => {
    const body = withReference('https://example.test/a.png');
    await expect(engine.requests.fromBody(body, null, await upload(), VIDEO_FIELDS)).rejects.toMatchObject({
      code: 'invalid_value',
      field: 'input_reference',
      message: 'input_reference: got both a file and a URL or file id, expected one of them.',
    });
    expect(await files()).toEqual([]);
  });

  it.each([
    [{ ...BODY, model: 'nothing' }, 'model_not_found'],
    [{ ...BODY, kind: 'image' }, 'model_not_found'],
    [{ ...BODY, input: { prompt: 'a', seconds: '5' } }, 'invalid_value'],
    [{ ...BODY, input: { prompt: 'a', colour: 'red' } }, 'unknown_parameter'],
  ] satisfies [RawRequest, string][])('leaves no file of %j', async (body, code) => {
    await expect(engine.requests.fromBody(body, null, await upload())).rejects.toMatchObject({ code });
    expect(await files()).toEqual([]);
  });
});
