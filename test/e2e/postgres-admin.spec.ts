import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Json } from '../support/api-client.js';
import { runProgram } from '../support/run-gateway.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

describePostgres('on PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let on: Stage;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
    on = await openStage(
      { credentials: [{ secret: 'sk-one' }], behaviour: QUICK },
      { DATABASE_URL: database.url },
    );
  });

  afterAll(async () => {
    await on.close();
    await database.remove();
  });

  const idsOf = (body: Json): string[] =>
    (body['data'] as readonly { readonly id: string }[]).map(({ id }) => id);

  /** All pages of a list. */
  async function pages(path: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await on.api.request('GET', `${path}limit=${String(limit)}${cursor}`);
      ids.push(...idsOf(body));
      const next: unknown = body['nextCursor'];
      if (typeof next !== 'string') return ids;
      cursor = `&cursor=${next}`;
    }
  }

  it('tokens are told apart by state, and their secrets are taken once', async () => {
    const { baseUrl } = on.simulator;
    const off = await on.api.addToken('sk-off', baseUrl);
    await on.api.request('POST', `/admin/tokens/${off}/disable`, { reason: 'a test' });
    const past = await on.api.addToken('sk-past', baseUrl, { expiresAt: '2020-01-01T00:00:00Z' });
    expect(await pages('/admin/tokens?state=disabled&', 1)).toEqual([off]);
    expect(await pages('/admin/tokens?state=expired&', 1)).toEqual([past]);
    expect(await pages('/admin/tokens?state=cooling&', 1)).toEqual([]);
    expect(await pages('/admin/tokens?', 1)).toHaveLength(3);
    await expect(on.api.addToken('sk-off', baseUrl)).rejects.toThrow('token_exists');
    const twice = await Promise.allSettled([1, 2, 3].map(() => on.api.addToken('sk-race', baseUrl)));
    expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('a request under one idempotency key is made once, however many ask at once', async () => {
    const body = { model: 'sora-2', input: { prompt: 'once' } };
    const ask = () => on.api.request('POST', '/v1/generations', body, { 'idempotency-key': 'one' });
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
  });

  it('generations are listed page by page, in order and by status', async () => {
    const made: string[] = [];
    for (const prompt of ['one', 'two', 'three', 'four', 'five'])
      made.push((await on.api.generate(prompt)).id);
    await Promise.all(made.map((id) => on.api.end(id)));
    const ascending = await pages('/v1/generations?status=completed&order=asc&', 2);
    expect(ascending.filter((id) => made.includes(id))).toEqual(made);
    expect(await pages('/v1/generations?status=completed&order=desc&', 2)).toEqual(ascending.reverse());
  });

  it('the database is shown without a file, and is not backed up here', async () => {
    const { body } = await on.api.request('GET', '/admin/database');
    expect(body).toMatchObject({ engine: 'postgres', file: null });
    const { pool } = body as { readonly pool: Record<string, { waits: { count: number } }> };
    expect(pool['writer']?.waits.count).toBeGreaterThan(0);
    expect(pool['readers']?.waits.count).toBeGreaterThan(0);
    expect(await on.api.request('POST', '/admin/database/backup')).toMatchObject({
      status: 409,
      body: { error: { code: 'backup_unsupported' } },
    });
    for (const words of [['backup'], ['restore', 'some.sqlite']]) {
      const end = await runProgram(['tools/database/main.js', ...words], { DATABASE_URL: database.url });
      expect(end).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('backup_unsupported') as string,
      });
    }
  });

  it('keys are made, used and deleted', async () => {
    const key = await on.api.addKey('client', ['generate', 'read']);
    const used = await on.api.request('GET', '/v1/generations', undefined, {
      authorization: `Bearer ${key}`,
    });
    expect(used.status).toBe(200);
    const [id] = idsOf((await on.api.request('GET', '/admin/keys')).body);
    expect((await on.api.request('DELETE', `/admin/keys/${String(id)}`)).status).toBe(204);
    const refused = await on.api.request('GET', '/v1/generations', undefined, {
      authorization: `Bearer ${key}`,
    });
    expect(refused.status).toBe(401);
  });
});
