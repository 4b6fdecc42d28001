import { WriteBehindBuffers } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RequestLogRow } from './request-log-row.entity.js';
import { requestPageSchema, type LoggedRequestView } from './requests.schemas.js';
import { startRequestsApp, type RequestsApp } from './testing/requests-app.js';

describe('the log of requests', () => {
  let app: RequestsApp;
  beforeEach(async () => {
    app = await startRequestsApp();
  });
  afterEach(() => app.test.close());

  const ask = async (method: 'GET' | 'POST', url: string, requestId: string, authorization?: null) => {
    const who = authorization === null ? { authorization } : {};
    await app.test.clock.advance(1);
    await app.test.request(method, url, { ...who, headers: { 'x-request-id': requestId } });
  };
  const page = async (query = '') => {
    await app.flush();
    const { body } = await app.test.request('GET', `/admin/requests?limit=100${query}`);
    return requestPageSchema.parse(body);
  };
  const list = async (query = ''): Promise<readonly LoggedRequestView[]> => (await page(query)).data;
  const ids = async (query = '') => (await list(query)).map(({ requestId }) => requestId);

  it('tells what was done, by whom, about what, how it ended and how long it took', async () => {
    await ask('POST', '/v1/films', 'r-create');
    await ask('GET', '/v1/films/film_gone', 'r-gone');
    await ask('POST', '/v1/films', 'r-refused', null);
    await ask('GET', '/v1/nothing/here?key=secret', 'r-unrouted');
    const rows = await list();
    expect(rows).toMatchObject([
      row('r-unrouted', { operation: 'GET unknown', status: '404', errorCode: 'route_not_found' }),
      row('r-refused', { status: '401', errorCode: 'missing_api_key' }),
      row('r-gone', {
        operation: 'GET /v1/films/:id',
        status: '404',
        errorCode: expect.any(String) as string,
        keyId: 'key_configured',
        generationId: 'film_gone',
        tokenId: 'tok_of_film',
      }),
      row('r-create', { keyId: 'key_configured', generationId: 'film_new', status: '201', failed: false }),
    ]);
  });

  it('leaves out reads that succeed, unless it is told to take all of them or nothing', async () => {
    await ask('GET', '/v1/films/film_1', 'r-1');
    await app.set('requestLog', { record: 'all' });
    await ask('GET', '/v1/films/film_1', 'r-2');
    await app.set('requestLog', { record: 'nothing' });
    await ask('POST', '/v1/films', 'r-3');
    await app.set('requestLog', { record: 'changes' });
    expect(await ids()).toEqual(['r-2']);
  });

  it('has the whole life of a generation when it ended, with its token and key', async () => {
    const createdAt = app.test.clock.now();
    await app.generation({ id: 'video_1', status: 'in_progress', tokenId: 'tok_1' });
    await app.generation({
      id: 'video_2',
      status: 'completed',
      tokenId: 'tok_1',
      createdAt,
      completedAt: createdAt + 95_000,
    });
    await app.generation({
      id: 'video_3',
      status: 'failed',
      errorCode: 'content_policy',
      completedAt: createdAt,
    });
    await app.generation({ id: 'video_4', status: 'cancelled', completedAt: createdAt });
    const rows = await list('&kind=generation');
    expect(
      rows
        .map(({ generationId, status, failed, errorCode, durationMs }) => [
          generationId,
          status,
          failed,
          errorCode,
          durationMs,
        ])
        .sort(),
    ).toEqual([
      ['video_2', 'completed', false, null, 95_000],
      ['video_3', 'failed', true, 'content_policy', 0],
      ['video_4', 'cancelled', false, null, 0],
    ]);
    expect(rows.find(({ generationId }) => generationId === 'video_2')).toMatchObject({
      tokenId: 'tok_1',
      keyId: 'key_1',
      operation: 'generate video',
    });
  });

  it('shows the token that a generation got after it was asked for, and finds it by it', async () => {
    await ask('POST', '/v1/films', 'r-create');
    await app.flush();
    await app.generation({ id: 'film_new', status: 'in_progress', tokenId: 'tok_later' });
    expect((await list('&generation=film_new')).map(({ tokenId }) => tokenId)).toEqual(['tok_later']);
    expect(await ids('&token=tok_later')).toEqual(['r-create']);
  });

  it('is searched by every field', async () => {
    await ask('POST', '/v1/films', 'r-1');
    await app.test.clock.advance(10_000);
    const middle = new Date(app.test.clock.now()).toISOString();
    await app.test.clock.advance(10_000);
    await ask('GET', '/v1/films/film_gone', 'r-2');
    expect(await ids('&request=r-1')).toEqual(['r-1']);
    expect(await ids('&failed=true')).toEqual(['r-2']);
    expect(await ids('&failed=false')).toEqual(['r-1']);
    expect(await ids('&status=201')).toEqual(['r-1']);
    expect(await ids('&operation=GET%20/v1/films/:id')).toEqual(['r-2']);
    expect(await ids('&token=tok_of_film')).toEqual(['r-2']);
    expect(await ids('&key=key_configured')).toEqual(['r-2', 'r-1']);
    expect(await ids('&key=key_other')).toEqual([]);
    expect(await ids(`&since=${middle}`)).toEqual(['r-2']);
    expect(await ids(`&until=${middle}`)).toEqual(['r-1']);
    expect(await ids('&kind=http&generation=film_gone')).toEqual(['r-2']);
  });

  it('is read in pages without a gap or a repetition', async () => {
    for (let n = 0; n < 7; n += 1) await ask('POST', '/v1/films', `r-${String(n)}`);
    await app.flush();
    const read: (string | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await app.test.request('GET', `/admin/requests?limit=3${query}`);
      const { data, nextCursor } = requestPageSchema.parse(body);
      read.push(...data.map(({ requestId }) => requestId));
      cursor = nextCursor;
    }
    expect(read.toSorted()).toEqual(Array.from({ length: 7 }, (_, n) => `r-${String(n)}`));
  });

  it.each([
    ['cursor=abc', 'cursor'],
    ['since=yesterday', 'since'],
    ['failed=maybe', 'failed'],
    ['status=', 'status'],
    ['tokens=a', 'tokens'],
  ])('refuses %s and names the field', async (query, param) => {
    const { status, body } = await app.test.request('GET', `/admin/requests?${query}`);
    expect([status, (body as { error: { param: string } }).error.param]).toEqual([400, param]);
  });

  it('is for admins', async () => {
    const { body } = await app.test.request('POST', '/admin/keys', {
      body: { label: 'a', scopes: ['read'] },
    });
    const authorization = `Bearer ${(body as { key: string }).key}`;
    expect((await app.test.request('GET', '/admin/requests', { authorization })).status).toBe(403);
  });

  it('is written in time without a request, and at the end what is left', async () => {
    await ask('POST', '/v1/films', 'r-1');
    const stats = () => app.test.app.get(WriteBehindBuffers).stats().get('request-log');
    expect(stats()).toMatchObject({ pending: 1, written: 0 });
    await app.flush();
    expect(stats()).toMatchObject({ pending: 0, written: 1 });
    await ask('POST', '/v1/films', 'r-2');
    await app.test.app.get(WriteBehindBuffers).beforeApplicationShutdown();
    expect(await app.pool.read((manager) => manager.count(RequestLogRow))).toBe(2);
    expect(stats()).toMatchObject({ pending: 0, dropped: 0 });
  });
});

/** A failed request, but for what is different. */
const row = (requestId: string, changes: Partial<LoggedRequestView>) => ({
  kind: 'http',
  operation: 'POST /v1/films',
  requestId,
  keyId: null,
  tokenId: null,
  generationId: null,
  status: '200',
  failed: true,
  errorCode: null,
  ...changes,
});
