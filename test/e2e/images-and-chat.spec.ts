import { readFile } from 'node:fs/promises';

import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { openStage, QUICK, type Stage } from '../support/stage.js';

const SAMPLE = new URL('../../tools/upstream-simulator/media/sample.mp4', import.meta.url);
const IMAGE_MODEL = 'black-forest-labs/flux-schnell';
/** A field of ours besides those of the OpenAI API. */
const following = z.object({
  generations: z.array(z.object({ id: z.string(), status: z.string(), url: z.string() })),
});
type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
interface Delta {
  readonly content?: string;
  readonly reasoning_content?: string;
}

let on: Stage;
let client: OpenAI;
beforeAll(async () => {
  on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  await on.api.addToken('sk-one', `${on.simulator.url}/replicate`, { provider: 'replicate' });
  const apiKey = await on.api.addKey('sdk', ['generate', 'read']);
  client = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey, maxRetries: 0 });
});
afterAll(() => on.close());
beforeEach(() => {
  on.simulator.control.setBehaviour(QUICK);
  on.simulator.control.removeFault();
});

const jobsOf = (prompt: string) =>
  on.simulator.control.report().submissions.find((submission) => submission.prompt === prompt);
/** Without a key: links are for whoever the answer is shown to. */
const fetched = async (url: string): Promise<Buffer> => {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
};
const set = async (fields: Record<string, number | null>): Promise<void> => {
  const { headers } = await on.api.request('GET', '/admin/settings/facade');
  const version = { 'if-match': headers.get('etag') ?? '' };
  expect((await on.api.request('PATCH', '/admin/settings/facade', fields, version)).status).toBe(200);
};

const newestOf = async (model: string): Promise<string> => {
  const { body } = await on.api.request('GET', `/v1/generations?model=${model}&limit=1`);
  return String((body['data'] as readonly { readonly id: string }[])[0]?.id);
};

describe('the images façade against the SDK', () => {
  it('waits for n images of an asynchronous upstream and gives links', async () => {
    const asked = { model: IMAGE_MODEL, prompt: 'two boats', n: 2, size: 'auto' } as const;
    const images = await client.images.generate(asked);
    expect(images.data).toHaveLength(2);
    for (const { url = '' } of images.data ?? []) expect(await fetched(url)).toEqual(await readFile(SAMPLE));
    expect(new Set(images.data?.map(({ url }) => url)).size).toBe(2);
    expect(jobsOf('two boats')).toMatchObject({ calls: 2, jobs: 2 });
  });

  it('gives base64, up to a bound', async () => {
    const asked = { model: IMAGE_MODEL, prompt: 'encoded', response_format: 'b64_json' } as const;
    const { data } = await client.images.generate(asked);
    const sample = await readFile(SAMPLE);
    expect(data?.map(({ b64_json = '' }) => Buffer.from(b64_json, 'base64'))).toEqual([sample]);
    await set({ imageBytes: sample.length - 1 });
    await expect(client.images.generate(asked)).rejects.toMatchObject({
      status: 413,
      code: 'images_too_large',
      param: 'response_format',
    });
    await set({ imageBytes: null });
  });

  it('tells where to follow what takes longer, and takes the repeated request for the same', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 2_000, sigma: 0 } });
    await set({ imageWaitMs: 50 });
    const headers = { 'Idempotency-Key': 'slow-images' };
    const ask = () => client.images.generate({ model: IMAGE_MODEL, prompt: 'slow', n: 2 }, { headers });
    const { data, response } = await ask().withResponse();
    expect([response.status, data.data]).toEqual([202, []]);
    const { generations } = following.parse(data);
    expect(generations.map(({ status }) => ['queued', 'submitting', 'in_progress'].includes(status))).toEqual(
      [true, true],
    );
    expect(response.headers.get('location')).toBe(`/v1/generations/${generations[0]?.id ?? ''}`);
    expect(generations[1]?.url).toBe(`${on.api.url}/v1/generations/${generations[1]?.id ?? ''}`);
    await set({ imageWaitMs: null });
    const again = await ask();
    expect(again.data).toHaveLength(2);
    expect(following.parse(again).generations.map(({ id }) => id)).toEqual(generations.map(({ id }) => id));
    expect(jobsOf('slow')).toMatchObject({ calls: 2, jobs: 2 });
  });

  it('loses nothing when the client goes away', async () => {
    const gone = new AbortController();
    const asked = client.images.generate(
      { model: IMAGE_MODEL, prompt: 'left alone' },
      { signal: gone.signal },
    );
    asked.catch(() => undefined);
    await expect.poll(() => jobsOf('left alone')?.jobs).toBe(1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    expect(await on.api.end(await newestOf(IMAGE_MODEL))).toMatchObject({ status: 'completed' });
  });

  it('refuses what does not fit, and tells why a generation failed', async () => {
    const ask = (more: Record<string, unknown>): Promise<unknown> =>
      client.images.generate({ model: IMAGE_MODEL, prompt: 'x', ...more });
    const cases = [
      [{ model: 'sora-2' }, 404, 'model_not_found', 'model'],
      [{ n: 11 }, 400, 'invalid_value', 'n'],
      [{ stream: true }, 400, 'invalid_value', 'stream'],
      [{ size: '1024x1024' }, 400, 'unknown_parameter', 'size'],
      [{ aspect_ratio: '7:1' }, 400, 'invalid_value', 'aspect_ratio'],
      [{ prompt: '' }, 400, 'invalid_value', 'prompt'],
    ] as const;
    for (const [more, status, code, param] of cases)
      await expect(ask(more)).rejects.toMatchObject({ status, code, param });
    on.simulator.control.addFault({
      operation: 'create',
      times: 1,
      fault: { type: 'fail-job', code: 'generation_failed', message: 'The colours ran.' },
    });
    await expect(ask({ prompt: 'doomed' })).rejects.toMatchObject({ status: 502, code: 'generation_failed' });
  });
});

describe('the chat façade against the SDK', () => {
  const messages = (content: OpenAI.Chat.ChatCompletionUserMessageParam['content']) => [
    { role: 'system' as const, content: 'You are helpful.' },
    { role: 'user' as const, content: 'An earlier wish' },
    { role: 'assistant' as const, content: 'Done.' },
    { role: 'user' as const, content },
  ];
  const linkIn = (text: string): string => /\]\((http[^)]+)\)/.exec(text)?.[1] ?? '';

  it('streams progress as reasoning and the link as content', async () => {
    const stream = await client.chat.completions.create({
      model: 'sora-2',
      messages: messages('streamed by a chat'),
      stream: true,
      temperature: 0.7,
      stream_options: { include_usage: true },
    });
    const chunks: Chunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta as Delta));
    const reasoning = deltas.map(({ reasoning_content: text = '' }) => text).join('');
    expect(reasoning).toMatch(/In progress: \d+ %\./);
    expect(reasoning).toMatch(/Completed\.\n$/);
    const content = deltas.map(({ content: text = '' }) => text).join('');
    expect(await fetched(linkIn(content))).toEqual(await readFile(SAMPLE));
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)?.usage).toMatchObject({ total_tokens: 0 });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(jobsOf('streamed by a chat')).toMatchObject({ calls: 1, jobs: 1 });
  });

  it('answers at once with the link, from text and image parts and parameters of the model', async () => {
    const url = `data:image/webp;base64,${(await readFile(new URL('thumbnail.webp', SAMPLE))).toString('base64')}`;
    const asked = {
      model: 'sora-2',
      seconds: '8',
      messages: messages([
        { type: 'text', text: 'the boat' },
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'moves' },
      ]),
    };
    const { data, response } = await client.chat.completions.create(asked).withResponse();
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } });
    expect(await fetched(linkIn(data.choices[0]?.message.content ?? ''))).toEqual(await readFile(SAMPLE));
    const { body } = await on.api.request('GET', response.headers.get('location') ?? '');
    expect(body['input']).toMatchObject({ prompt: 'the boat\nmoves', seconds: '8' });
    expect(body['input']['inputReference']).toMatchObject({ contentType: 'image/webp' });
  });

  it('throws what is wrong before and during a stream', async () => {
    const ask = (content: never, more: object = {}) =>
      client.chat.completions.create({ model: 'sora-2', messages: messages(content), stream: true, ...more });
    const at = 'messages.3.content';
    for (const [content, more, param] of [
      ['', {}, at],
      [[{ type: 'input_audio' }], {}, at],
      ['x', { model: 'gpt-4' }, 'model'],
      ['x', { size: '1x1' }, 'size'],
      ['x', { n: 2 }, 'n'],
      ['x', { messages: [{ role: 'system', content: 'x' }] }, 'messages'],
      [
        [
          { type: 'text', text: 'x' },
          { type: 'image_url', image_url: { url: 'http://127.0.0.1/secret.png' } },
        ],
        {},
        'messages.content.image_url.url',
      ],
    ] as const)
      await expect(ask(content as never, more)).rejects.toMatchObject({ param });
    on.simulator.control.addFault({
      operation: 'create',
      times: 1,
      fault: { type: 'fail-job', code: 'content_policy_violation', message: 'Not this.' },
    });
    const stream = await ask('doomed in a chat' as never);
    const read = async (): Promise<void> => {
      for await (const chunk of stream as AsyncIterable<Chunk>) expect(chunk.object).toContain('chunk');
    };
    await expect(read()).rejects.toMatchObject({ code: 'content_policy_violation' });
  });

  it('loses nothing when the client goes away', async () => {
    const stream = await client.chat.completions.create({
      model: 'sora-2',
      messages: messages('left in the middle'),
      stream: true,
    });
    for await (const chunk of stream) {
      expect(chunk.id).toMatch(/^chatcmpl-video_/);
      break;
    }
    expect(await on.api.end(await newestOf('sora-2'))).toMatchObject({ status: 'completed' });
    expect(jobsOf('left in the middle')).toMatchObject({ calls: 1, jobs: 1 });
  });
});
