import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient, type Json } from '../support/api-client.js';
import { contractProblems } from '../support/openai-contract.js';
import { answerToHead, rawRequest, type RawAnswer } from '../support/raw-http.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const OPEN = ['/health/live', '/health/ready', '/health/startup'];
/** For upstreams: the path is the secret. */
const HOOK = '/hooks/{provider}/{secret}';
/** The signature is the key. */
const LINK = '/links/{id}/{index}';
/** What makes a link changes nothing, so whoever may read may ask for it. */
const MAKE_LINK = '/v1/generations/{id}/assets/{index}/link';
const WITHOUT_KEY = [...OPEN, HOOK, LINK];
const FOR_BROWSERS = ['/docs', '/openapi.json', '/metrics'];

interface Route {
  readonly method: string;
  readonly path: string;
}

describe('who may do what', () => {
  let on: Stage;
  let routes: readonly Route[];
  let keys: Readonly<Record<'generate' | 'read' | 'metrics', string>>;

  const call = ({ method, path }: Route, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    rawRequest(on.api.url, {
      method,
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      headers: {
        ...(method === 'GET' || method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    });
  const guarded = (): readonly Route[] => routes.filter(({ path }) => !WITHOUT_KEY.includes(path));
  const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const basic = (key: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}`,
  });
  const expectStatus = async (
    expected: number,
    wanted: readonly Route[],
    headers: Record<string, string>,
  ): Promise<void> => {
    expect(wanted.length).toBeGreaterThan(0);
    for (const route of wanted) {
      const answer = await call(route, headers);
      expect([route, answer.status]).toEqual([route, expected]);
      expect(contractProblems('ErrorResponse', answer.body)).toEqual([]);
    }
  };

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    const { body } = await on.api.request('GET', '/openapi.json');
    routes = Object.entries(body['paths'] as Record<string, Json>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const [generate, read, metrics] = await Promise.all(
      ['generate', 'read', 'metrics'].map((scope) => on.api.addKey(scope, [scope])),
    );
    keys = { generate: String(generate), read: String(read), metrics: String(metrics) };
  });
  afterAll(() => on.close());

  it.each(['/v1/generations', '/v1/videos'])(
    'is told before the body of an upload to %s is read',
    async (path) => {
      const head = (key: string): string =>
        `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 25000000${key}`;
      expect(await answerToHead(on.api.url, head(''))).toMatch(/^HTTP\/1.1 401 [^]*missing_api_key/);
      const reader = `\r\nauthorization: Bearer ${keys.read}`;
      expect(await answerToHead(on.api.url, head(reader))).toMatch(/^HTTP\/1.1 403 [^]*missing_scope/);
    },
  );

  it('every route of the issue is described', () => {
    const named = routes.map(({ method, path }) => `${method} ${path}`);
    expect(named).toEqual(expect.arrayContaining(ROUTES));
  });

  it('without a key, with a wrong one or with a malformed header: 401', async () => {
    for (const headers of [
      {},
      bearer('wrong'),
      bearer(`psk_${'A'.repeat(43)}`),
      bearer('x'.repeat(5_000)),
      { authorization: on.api.key },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${on.api.key} more` },
      { authorization: `Token ${on.api.key}` },
      { 'x-api-key': on.api.key },
    ])
      await expectStatus(401, guarded(), headers);
    await expectStatus(401, [{ method: 'GET', path: '/docs/swagger-ui.css' }], {});
    await expectStatus(
      401,
      guarded()
        .filter(({ method }) => method === 'GET')
        .slice(0, 3),
      {
        'x-http-method-override': 'GET',
        cookie: `key=${on.api.key}`,
      },
    );
  });

  it('a key in the query is not taken', async () => {
    const path = `/v1/models?api_key=${on.api.key}&authorization=Bearer%20${on.api.key}`;
    expect((await rawRequest(on.api.url, { path })).status).toBe(401);
  });

  it('HEAD and OPTIONS need a key as well', async () => {
    for (const { path } of guarded().filter(({ method }) => method === 'GET')) {
      const { status } = await rawRequest(on.api.url, {
        method: 'HEAD',
        path: path.replaceAll(/\{\w+\}/g, 'x'),
      });
      expect([path, status]).toEqual([path, 401]);
    }
    const options = await rawRequest(on.api.url, { method: 'OPTIONS', path: '/admin/tokens' });
    expect([401, 404]).toContain(options.status);
  });

  it('without the scope: 403', async () => {
    const of = (prefix: string): readonly Route[] => guarded().filter(({ path }) => path.startsWith(prefix));
    for (const key of Object.values(keys)) await expectStatus(403, of('/admin'), bearer(key));
    const notMetrics = guarded().filter(({ path }) => path !== '/metrics');
    await expectStatus(403, notMetrics, bearer(keys.metrics));
    const isRead = ({ method, path }: Route): boolean => method === 'GET' || path === MAKE_LINK;
    const writes = guarded().filter((route) => !isRead(route));
    await expectStatus(403, writes, bearer(keys.read));
    const reads = of('/v1').filter(isRead);
    await expectStatus(403, reads, bearer(keys.generate));
    for (const key of [keys.read, keys.generate])
      await expectStatus(403, [{ method: 'GET', path: '/metrics' }], bearer(key));
  });

  it('with the scope: what the route is for', async () => {
    expect((await call({ method: 'GET', path: '/metrics' }, bearer(keys.metrics))).status).toBe(200);
    expect((await call({ method: 'GET', path: '/v1/models' }, bearer(keys.read))).status).toBe(200);
    expect((await call({ method: 'POST', path: '/v1/generations' }, bearer(keys.generate))).status).toBe(400);
    for (const path of OPEN) expect((await call({ method: 'GET', path })).status).toBe(200);
    expect((await call({ method: 'POST', path: HOOK })).status).toBe(404);
    for (const headers of [{}, bearer('wrong'), bearer(on.api.key)])
      expect((await call({ method: 'GET', path: LINK }, headers)).status).toBe(403);
  });

  it('Basic is for the pages of browsers only', async () => {
    const others = guarded().filter(({ path }) => !FOR_BROWSERS.includes(path));
    await expectStatus(401, others, basic(on.api.key));
    for (const path of FOR_BROWSERS) {
      expect((await call({ method: 'GET', path }, basic(on.api.key))).status).toBe(200);
      const refused = await call({ method: 'GET', path }, basic('wrong'));
      expect([refused.status, String(refused.headers['www-authenticate'])]).toEqual([
        401,
        expect.stringContaining('Basic') as unknown,
      ]);
    }
    const elsewhere = await call({ method: 'GET', path: '/v1/models' });
    expect(String(elsewhere.headers['www-authenticate'])).not.toContain('Basic');
  });

  it('details of health are for admins', async () => {
    const detailsFor = async (headers: Record<string, string>): Promise<unknown> =>
      (await call({ method: 'GET', path: '/health/ready' }, headers)).body['details'];
    expect(await detailsFor({})).toBeUndefined();
    expect(await detailsFor(bearer(keys.read))).toBeUndefined();
    expect(await detailsFor(bearer('wrong'))).toBeUndefined();
    expect(await detailsFor(bearer(on.api.key))).toHaveProperty('database');
  });

  it('what belongs to another key is not there, by every route', async () => {
    const [mine, other] = await Promise.all(
      ['mine', 'other'].map(
        async (label) => new ApiClient(on.api.url, await on.api.addKey(label, ['generate', 'read'])),
      ),
    );
    if (mine === undefined || other === undefined) throw new Error('There are two keys.');
    const { id } = await mine.end((await mine.generate('private')).id);
    const asked: readonly (readonly [string, string, unknown?])[] = [
      ['GET', `/v1/generations/${id}`],
      ['GET', `/v1/generations/${id}?wait=1`],
      ['GET', `/v1/generations/${id}/events`],
      ['GET', `/v1/generations/${id}/assets/0`],
      ['GET', `/v1/generations/${id}/assets/99`],
      ['POST', `/v1/generations/${id}/assets/0/link`],
      ['POST', `/v1/generations/${id}/cancel`],
      ['DELETE', `/v1/generations/${id}`],
      ['GET', `/v1/videos/${id}`],
      ['GET', `/v1/videos/${id}/content`],
      ['POST', `/v1/videos/${id}/remix`, { prompt: 'x' }],
      ['DELETE', `/v1/videos/${id}`],
      ['GET', `/v1/videos?after=${id}`],
    ];
    for (const [method, path, body] of asked) {
      const theirs = await other.request(method, path, body);
      const nobodys = await other.request(method, path.replace(id, 'video_none'), body);
      expect([path, theirs.status]).toEqual([path, 404]);
      expect(JSON.stringify(theirs.body).replaceAll(id, 'video_none')).toBe(JSON.stringify(nobodys.body));
    }
    for (const path of ['/v1/generations', '/v1/videos'])
      expect((await other.request('GET', path)).body['data']).toEqual([]);
    expect((await mine.read(id)).status).toBe('completed');
  });

  it('a deleted key opens nothing from the next request on', async () => {
    const { body } = await on.api.request('POST', '/admin/keys', { label: 'short-lived', scopes: ['read'] });
    const client = new ApiClient(on.api.url, String(body['key']));
    expect((await client.request('GET', '/v1/models')).status).toBe(200);
    expect((await on.api.request('DELETE', `/admin/keys/${String(body['id'])}`)).status).toBe(204);
    expect((await client.request('GET', '/v1/models')).status).toBe(401);
  });
});

const ROUTES = [
  'GET /v1/models',
  'GET /v1/models/{id}',
  'POST /v1/videos',
  'GET /v1/videos',
  'GET /v1/videos/{id}',
  'DELETE /v1/videos/{id}',
  'GET /v1/videos/{id}/content',
  'POST /v1/videos/{id}/remix',
  'POST /v1/generations',
  'GET /v1/generations',
  'GET /v1/generations/{id}',
  'GET /v1/generations/{id}/events',
  'POST /v1/generations/{id}/cancel',
  'GET /v1/generations/{id}/assets/{index}',
  'POST /v1/generations/{id}/assets/{index}/link',
  'GET /links/{id}/{index}',
  'GET /admin/tokens',
  'POST /admin/tokens',
  'GET /admin/tokens/{id}',
  'PATCH /admin/tokens/{id}',
  'DELETE /admin/tokens/{id}',
  'POST /admin/tokens/{id}/enable',
  'POST /admin/tokens/{id}/disable',
  'POST /admin/tokens/{id}/test',
  'GET /admin/keys',
  'POST /admin/keys',
  'DELETE /admin/keys/{id}',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /docs',
  'GET /openapi.json',
];
