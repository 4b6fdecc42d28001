import OpenAI from 'openai';
import { expect, it } from 'vitest';

import { ApiClient, type Json } from '../support/api-client.js';
import { stage, type Stage } from '../support/stage.js';

/** One at a time, each until it is finished by hand. */
const ONE_BY_ONE = {
  credentials: [{ secret: 'sk-one', concurrency: 1 }],
  behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 600_000 } },
};

/** Waits for the job that runs, and finishes it. @returns its prompt */
async function finishNext({ simulator: { control } }: Stage): Promise<string> {
  const running = () => control.report().jobs.find(({ finishedAt }) => finishedAt === null);
  await expect.poll(running, { timeout: 20_000 }).toBeDefined();
  const { id = '', prompt = '' } = running() ?? {};
  control.finishJob(id);
  return prompt;
}

async function clientOf(on: Stage, priority: object): Promise<ApiClient> {
  const made = await on.api.request('POST', '/admin/keys', { label: 'a client', priority });
  expect(made.status).toBe(201);
  return new ApiClient(on.api.url, String(made.body['key']));
}

it('a high priority overtakes low ones that wait, over a kill, and all of them end', async () => {
  const on = await stage(ONE_BY_ONE);
  const low = await clientOf(on, { max: 'low' });
  const high = await clientOf(on, { max: 'high' });
  const sdk = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey: high.key, maxRetries: 0 });

  const running = await low.generate('running');
  await low.reach(running.id, 'in_progress');
  const lows = [await low.generate('low 1'), await low.generate('low 2')];
  const normal = await high.generate('normal');
  // As clients of the façade name it: the SDK knows no such field.
  const asked = { model: 'sora-2', prompt: 'high', priority: 'high' } as const;
  const { id: highId } = await sdk.videos.create(asked);
  const waiting = [...lows.map(({ id }) => id), normal.id, highId];

  const shown = async (): Promise<readonly unknown[]> =>
    Promise.all(
      waiting.map(async (id) => {
        const { body } = await on.api.request('GET', `/v1/generations/${id}`);
        return [body['priority'], body['position']];
      }),
    );
  const expected = [
    ['low', 3],
    ['low', 4],
    ['normal', 2],
    ['high', 1],
  ];
  expect(await shown()).toEqual(expected);
  const { body: stats } = await on.api.request('GET', '/v1/stats');
  const priorities = { low: { waiting: 2 }, normal: { waiting: 1 }, high: { waiting: 1 } };
  expect(stats).toMatchObject({ queue: { waiting: 4, priorities } });

  await on.restart('SIGKILL');
  expect(await shown()).toEqual(expected);
  const { body: page } = await on.api.request('GET', '/v1/generations?status=queued&priority=low');
  const listed = page['data'] as readonly { readonly id: string }[];
  expect(listed.map(({ id }) => id).sort()).toEqual(lows.map(({ id }) => id).sort());

  const order: string[] = [];
  while (order.length <= waiting.length) order.push(await finishNext(on));
  expect(order).toEqual(['running', 'high', 'normal', 'low 1', 'low 2']);
  for (const id of [running.id, ...waiting]) expect((await on.api.end(id)).status).toBe('completed');
});

it('a key gets no more than it may, and a full queue of one priority leaves room for the others', async () => {
  const on = await stage(ONE_BY_ONE);
  const set = { maxWaiting: 2 };
  const { headers } = await on.api.request('GET', '/admin/settings/balancer');
  const changed = await on.api.request('PATCH', '/admin/settings/balancer', set, {
    'if-match': headers.get('etag') ?? '',
  });
  expect(changed.status).toBe(200);
  const client = await clientOf(on, { default: 'low', max: 'normal' });
  const create = async (priority?: unknown): Promise<readonly [number, Json, Headers]> => {
    const body = {
      model: 'sora-2',
      input: { prompt: 'a cat' },
      ...(priority === undefined ? {} : { priority }),
    };
    const answer = await client.request('POST', '/v1/generations', body);
    return [answer.status, answer.body, answer.headers];
  };
  const errorOf = (body: unknown) => (body as { readonly error: { readonly message: string } }).error;

  const [forbidden, refusal] = await create('high');
  expect([forbidden, errorOf(refusal)]).toMatchObject([
    403,
    { code: 'priority_not_allowed', param: 'priority' },
  ]);
  for (const wrong of ['urgent', 0, null, 'HIGH']) {
    const [status, body] = await create(wrong);
    expect([status, errorOf(body)]).toMatchObject([400, { param: 'priority' }]);
    expect(errorOf(body).message).toContain('expected one of "low"|"normal"|"high"');
  }

  const first = await create();
  await client.reach(String(first[1]['id']), 'in_progress');
  for (let n = 0; n < 2; n += 1) expect((await create())[0]).toBe(202);
  const [status, full, told] = await create();
  expect([status, errorOf(full)]).toMatchObject([429, { code: 'queue_full' }]);
  expect(errorOf(full).message).toContain('for the priority "low"');
  expect(Number(told.get('retry-after'))).toBeGreaterThan(0);
  const [accepted, body] = await create('normal');
  expect([accepted, body]).toMatchObject([202, { priority: 'normal', position: 1 }]);
});
