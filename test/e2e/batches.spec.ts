import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ApiClient, Json } from '../support/api-client.js';
import {
  batchEnd,
  batchEvents,
  batchItems,
  beginBatch,
  importTokens,
  setTestInterval,
} from '../support/batches.js';
import { openStage, type Stage } from '../support/stage.js';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('batches over HTTP', () => {
  let on: Stage;
  let api: ApiClient;
  const add = (text: string, type: string, query = ''): Promise<Json> =>
    importTokens(api, text, { type, query }).then((id) => batchEnd(api, id));
  beforeAll(async () => {
    on = await openStage({});
    api = on.api;
    await setTestInterval(api, 0);
  });
  afterAll(() => on.close());

  it('lists operations with the schemas of their inputs', async () => {
    const { body } = await api.request('GET', '/admin/batches/operations');
    const names = Array.from(body['data'] as readonly Json[], (each) => each['name']);
    expect(names).toEqual([
      ...['token.activate', 'token.add', 'token.delete', 'token.disable', 'token.enable'],
      ...['token.label', 'token.quota', 'token.refresh', 'token.test'],
    ]);
    expect(body['data'][0]).toMatchObject({ concurrency: 3, input: { required: ['select', 'code'] } });
  });

  it('adds tokens from every format, answering each row by its line', async () => {
    const csv =
      'provider,label,secret,weight,limits\nopenai-videos,csv-a,sk-csv-a,2,"{""video"": 3}"\nopenai-videos,csv-b,"",1,\nnobody,csv-c,sk-csv-c,x,\n';
    const id = await importTokens(api, csv, { type: 'text/csv' });
    expect((await batchEnd(api, id))['results']).toEqual({ added: 1, invalid_row: 2 });
    const items = await batchItems(api, id);
    expect(items.map((item) => [item['position'], item['result']])).toEqual([
      ...[
        [2, 'added'],
        [3, 'invalid_row'],
        [4, 'invalid_row'],
      ],
    ]);
    expect(JSON.stringify(items)).not.toContain('sk-csv');
    const { body } = await api.request('GET', `/admin/tokens/${String(items[0]?.['tokenId'])}`);
    expect(body).toMatchObject({ label: 'csv-a', weight: 2, limits: { video: 3 } });

    const ndjson = '{"provider":"openai-videos","label":"nd","secret":"sk-nd"}\n\nnot json\n"sk-bare"\n';
    const lines = await add(ndjson, 'application/x-ndjson', 'provider=openai-videos');
    expect(lines['results']).toEqual({ added: 2, invalid_row: 1 });
    const json = JSON.stringify(['sk-json', { secret: 'sk-json-2', label: 'json' }]);
    expect((await add(json, 'application/json', 'provider=openai-videos'))['results']).toEqual({ added: 2 });
    const refused = await api.request('POST', '/admin/tokens/import', 'x', { 'content-type': 'text/html' });
    expect([refused.status, refused.body['error']['code']]).toEqual([415, 'unsupported_media_type']);
  });

  it('updates what is there already where that is wanted, and says before what it would do', async () => {
    const rows = [{ provider: 'openai-videos', label: 'acc', secret: 'sk-old', weight: 3 }];
    await batchEnd(api, await beginBatch(api, 'token.add', { input: { rows } }));
    const changed = [{ provider: 'openai-videos', label: 'acc', secret: 'sk-new', remark: 'rotated' }];
    const dry = await beginBatch(api, 'token.add', {
      input: { rows: changed, onDuplicate: 'update' },
      dryRun: true,
    });
    expect((await batchEnd(api, dry))['results']).toEqual({ would_update: 1 });
    const id = await beginBatch(api, 'token.add', { input: { rows: changed, onDuplicate: 'update' } });
    expect((await batchEnd(api, id))['results']).toEqual({ updated: 1 });
    const [item] = await batchItems(api, id);
    const { body } = await api.request('GET', `/admin/tokens/${String(item?.['tokenId'])}`);
    expect(body).toMatchObject({ label: 'acc', weight: 3, remark: 'rotated', last4: 'new' });
    const again = await beginBatch(api, 'token.add', {
      input: { rows: [{ ...changed[0], label: 'other' }] },
    });
    expect((await batchEnd(api, again))['results']).toEqual({ duplicate: 1 });
  });

  it('follows a batch by events, and goes on where the reader was', async () => {
    const rows = numbers(6).map((n) => ({
      provider: 'openai-videos',
      label: `ev-${String(n)}`,
      secret: `sk-ev-${String(n)}`,
    }));
    const id = await beginBatch(api, 'token.add', { input: { rows } });
    await batchEnd(api, id);
    const events = async (after?: string): Promise<readonly (readonly [string, string])[]> =>
      (await batchEvents(api, id, after)).map((event) => [event.id, event.name] as const);
    const all = await events();
    expect(all.map(([, name]) => name)).toEqual([...numbers(6).map(() => 'item'), 'batch']);
    expect(await events(all[2]?.[0])).toEqual(all.slice(3));
    expect(await events(all.at(-1)?.[0])).toEqual([]);
    const csv = await fetch(`${api.url}/admin/batches/${id}/results.csv`, {
      headers: { authorization: `Bearer ${api.key}` },
    });
    expect((await csv.text()).split('\r\n').slice(0, 2)).toEqual([
      'position,label,state,result,reason,changes,tokenId,attempts,startedAt,durationMs',
      expect.stringMatching(/^1,ev-0,succeeded,added,,added,tok_[0-9a-f]{24},1,2\S+Z,\d+$/),
    ]);
  });

  it('turns off, labels, turns on and deletes, which must be confirmed', async () => {
    const rows = numbers(4).map((n) => ({
      provider: 'openai-videos',
      label: 'herd',
      secret: `sk-herd-${String(n)}`,
    }));
    await batchEnd(api, await beginBatch(api, 'token.add', { input: { rows, matchLabels: false } }));
    const run = async (operation: string, input: object): Promise<unknown> =>
      (await batchEnd(api, await beginBatch(api, operation, { input })))['results'];
    expect(await run('token.disable', { select: { label: 'herd' }, reason: 'moving' })).toEqual({
      disabled: 4,
    });
    expect(await run('token.disable', { select: { label: 'herd' } })).toEqual({ already_disabled: 4 });
    expect(await run('token.label', { select: { label: 'herd' }, label: 'flock' })).toEqual({ labelled: 4 });
    expect(await run('token.enable', { select: { label: 'flock', state: 'disabled' } })).toEqual({
      enabled: 4,
    });
    expect(await run('token.quota', { select: { label: 'flock' } })).toEqual({ unsupported: 4 });
    expect(await run('token.refresh', { select: { label: 'flock' } })).toEqual({ unsupported: 4 });
    expect(await run('token.activate', { select: { label: 'flock' }, code: 'c' })).toEqual({
      unsupported: 4,
    });
    const body = { operation: 'token.delete', input: { select: { label: 'flock' } } };
    const asked = await api.request('POST', '/admin/batches', body);
    expect([asked.status, asked.body['error']['code']]).toEqual([409, 'confirmation_required']);
    const confirmation = asked.headers.get('x-confirmation');
    const id = await beginBatch(api, 'token.delete', { ...body, confirmation });
    expect((await batchEnd(api, id))['results']).toEqual({ deleted: 4 });
  });

  it.each([
    [{ operation: 'token.tset' }, 400, 'batch_operation_not_found', 'operation'],
    [{ operation: 'token.test', concurrency: 6 }, 400, 'batch_limit', 'concurrency'],
    [{ operation: 'token.disable', input: { select: {} } }, 400, 'invalid_value', 'input.select'],
    [{ operation: 'token.test', input: { sel: {} } }, 400, 'unknown_parameter', 'input.sel'],
  ])('refuses %j', async (body, status, code, param) => {
    const answer = await api.request('POST', '/admin/batches', body);
    expect([answer.status, answer.body['error']]).toMatchObject([status, { code, param }]);
  });

  it('exports tokens as imports take them, with secrets only when asked for, and logs who did', async () => {
    const rows = [{ provider: 'openai-videos', label: 'exported', secret: 'sk-exported', weight: 4 }];
    await batchEnd(api, await beginBatch(api, 'token.add', { input: { rows } }));
    const plain = await api.request('GET', '/admin/tokens/export?label=exported');
    expect(String(plain.body)).toMatch(/^\{.*"label":"exported".*\}\n$/);
    expect(String(plain.body)).not.toContain('sk-exported');
    const whole = await api.request('GET', '/admin/tokens/export?label=exported&secrets=true');
    expect(String(whole.body)).toContain('"secret":"sk-exported"');
    const again = await add(String(whole.body), 'application/x-ndjson');
    expect(again['results']).toEqual({ duplicate: 1 });
    expect(on.gateway().output()).toContain('Tokens are exported');
  });

  it('is cancelled, and retried', async () => {
    const id = await beginBatch(api, 'token.test', { intervalMs: 400 });
    const cancelled = await api.request('POST', `/admin/batches/${id}/cancel`);
    expect(cancelled.status).toBe(202);
    const end = await batchEnd(api, id);
    expect(end).toMatchObject({ state: 'cancelled', counts: { pending: 0, running: 0 } });
    expect((await api.request('POST', `/admin/batches/${id}/cancel`)).body['error']['code']).toBe(
      'batch_ended',
    );
    expect((await api.request('GET', '/admin/batches/batch_0')).status).toBe(404);
    const { body } = await api.request('GET', '/admin/batches?operation=token.test&limit=1');
    expect(body['data'][0]['id']).toBe(id);
  });
});
