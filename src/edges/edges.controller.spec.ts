import { ManualClock } from 'penstock/kernel/testing';
import { EdgeStates } from 'penstock/upstream';
import { ScriptedDesk, ScriptedProbe } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startApp, type TestAnswer, type TestApp } from '../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../auth/index.js';
import { EdgesController } from './edges.controller.js';

const ORIGIN = 'https://api.test';
const FIRST = 'http://me:hunter2@a.test:1';
const SECOND = 'socks5://b.test:1';
const CHALLENGE = { reason: '403 with cf-mitigated: challenge', retryAfterMs: null };

let test: TestApp;
let edges: EdgeStates;

beforeEach(async () => {
  edges = new EdgeStates({ clock: new ManualClock(), probe: new ScriptedProbe(), desk: new ScriptedDesk() });
  test = await startApp({
    imports: [AuthModule],
    migrations: [...authMigrations],
    controllers: [EdgesController],
    providers: [{ provide: EdgeStates, useValue: edges }],
  });
  for (const proxyUrl of [null, FIRST, SECOND]) {
    const passage = await edges.enter({ origin: ORIGIN, proxyUrl }, new AbortController().signal);
    await passage.end(CHALLENGE);
  }
});
afterEach(async () => {
  edges.close();
  await test.close();
});

const at = (proxy?: string, origin = ORIGIN): string =>
  `/admin/edge/${encodeURIComponent(origin)}` +
  (proxy === undefined ? '' : `?proxy=${encodeURIComponent(proxy)}`);
const show = (proxy?: string): Promise<TestAnswer> => test.request('GET', at(proxy));
const give = (proxy?: string): Promise<TestAnswer> =>
  test.request('PUT', at(proxy), { body: { cookies: { cf_clearance: 'hunter2' } } });
/** The proxies of the ways that a clearance was given for. */
const cleared = (): readonly (string | null)[] =>
  edges.list().flatMap(({ proxy, clearance }) => (clearance === null ? [] : [proxy]));
const known = (): readonly (string | null)[] => edges.list().map(({ proxy }) => proxy);

describe('?proxy=', () => {
  it.each([
    ['direct', null],
    ['http://a.test:1', 'http://a.test:1'],
    [SECOND, SECOND],
  ])('%s shows that way', async (asked, proxy) => {
    const { status, body, text } = await show(asked);
    expect([status, body]).toEqual([200, expect.objectContaining({ origin: ORIGIN, proxy })]);
    expect(text).not.toContain('hunter2');
  });

  it('left out shows the first of all', async () => {
    expect((await show()).body).toMatchObject({ origin: ORIGIN, proxy: null, condition: 'challenged' });
  });

  it.each([
    ['direct', [null]],
    ['http://a.test:1', ['http://a.test:1']],
    [undefined, [null, 'http://a.test:1', SECOND]],
  ])('%s says which ways a clearance is given for', async (asked, proxies) => {
    const { status, text } = await give(asked);
    expect(status).toBe(200);
    expect(cleared()).toEqual(proxies);
    expect(text).not.toContain('hunter2');
  });

  it.each([
    ['direct', ['http://a.test:1', SECOND]],
    [SECOND, [null, 'http://a.test:1']],
    [undefined, []],
  ])('%s says which ways are forgotten', async (asked, left) => {
    expect((await test.request('DELETE', at(asked))).status).toBe(204);
    expect(known()).toEqual(left);
    expect((await test.request('DELETE', at(asked))).status).toBe(404);
  });

  it.each(['http://c.test:1', '', FIRST])('%s, which no call took, is not found', async (asked) => {
    for (const answer of [await show(asked), await give(asked), await test.request('DELETE', at(asked))]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'edge_not_found' } } });
    }
    expect(cleared()).toEqual([]);
  });

  it('lets a clearance be given for the direct way to an origin that no call went to', async () => {
    const body = { headers: { 'CF-Access-Client-Id': 'id' } };
    for (const asked of ['direct', undefined])
      expect(await test.request('PUT', at(asked, 'https://new.test'), { body })).toMatchObject({
        status: 200,
        body: { proxy: null },
      });
    expect((await test.request('PUT', at(SECOND, 'https://new.test'), { body })).status).toBe(404);
  });

  it.each([`proxy=${'x'.repeat(2_049)}`, 'proxies=direct'])('refuses the query %s', async (query) => {
    expect((await test.request('GET', `${at()}?${query}`)).status).toBe(400);
  });
});
