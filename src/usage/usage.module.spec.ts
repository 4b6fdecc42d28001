import { EventEmitterModule } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabasePool } from 'penstock/database';

import { ADMIN_KEY, startApp, type TestAnswer, type TestApp } from '../../test/support/start-app.js';
import { AuthModule } from '../auth/index.js';
import { ChangeRecorders } from '../generations/change-recorders.js';
import { GenerationEvents } from '../generations/generation-events.js';
import { ModelCatalog } from '../generations/model-catalog.js';
import { migrations } from '../migrations.js';
import { UsageRow } from './ledger/usage-row.entity.js';
import { utcDay } from './ledger/utc-day.js';
import { usageCatalog } from './testing/usage-world.js';
import { UsageModule } from './usage.module.js';

const DAY_MS = 86_400_000;

describe('the routes of usage', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startApp({
      imports: [AuthModule, EventEmitterModule.forRoot(), UsageModule],
      globals: [ChangeRecorders, GenerationEvents, { provide: ModelCatalog, useValue: usageCatalog }],
      migrations,
    });
  });
  afterEach(() => test.close());

  const day = (ago: number): string => utcDay(test.clock.now() - ago * DAY_MS);
  const used = (ago: number, changes: Partial<UsageRow>): Promise<unknown> =>
    test.app.get(DatabasePool).write((manager) =>
      manager.insert(UsageRow, {
        day: day(ago),
        keyId: 'key_1',
        tokenId: 'tok_1',
        model: 'sora-2',
        kind: 'video',
        outcome: 'completed',
        generations: 1,
        unsent: 0,
        mediaMs: 4_500,
        workMs: 60_000,
        ...changes,
      }),
    );
  const read = (path: string, key = ADMIN_KEY): Promise<TestAnswer> =>
    test.request('GET', path, { authorization: `Bearer ${key}` });

  it('show a key its own usage only, of the last 30 days where it does not say', async () => {
    const made = await test.request('POST', '/admin/keys', { body: { label: 'a', scopes: ['read'] } });
    const { id: keyId, key } = made.body as { readonly id: string; readonly key: string };
    await used(0, { keyId });
    await used(0, { keyId, outcome: 'failed', generations: 3, mediaMs: 0 });
    await used(30, { keyId, tokenId: 'tok_2' });
    await used(31, { keyId });
    await used(0, {});
    const shown = { model: 'sora-2', completed: 1, seconds: 4.5, workSeconds: 60, failed: 0, cancelled: 0 };
    expect((await read('/v1/usage', key)).body).toEqual({
      from: day(30),
      to: day(0),
      nextCursor: null,
      data: [
        { ...shown, day: day(30) },
        { ...shown, day: day(0), failed: 3 },
      ],
    });
    const sum = await read(`/v1/usage?groupBy=&from=${day(31)}&to=${day(1)}&model=sora-2`, key);
    expect(sum.body).toMatchObject({ data: [{ completed: 2, seconds: 9 }] });
    for (const path of [`/v1/usage?key=key_1`, `/v1/usage?groupBy=token`])
      expect((await read(path, key)).status).toBe(400);
    expect((await read('/admin/usage', key)).status).toBe(403);
    expect((await read('/admin/usage.csv', key)).status).toBe(403);
  });

  it('sum up for admins by whatever they ask for, in pages', async () => {
    await used(0, {});
    await used(0, { keyId: 'key_2', tokenId: '' });
    await used(1, { keyId: 'key_2', outcome: 'cancelled', mediaMs: 0, workMs: 0 });
    const page = await read('/admin/usage?groupBy=key,token&limit=2');
    expect(page.body).toMatchObject({
      data: [
        { key: 'key_1', token: 'tok_1', completed: 1 },
        { key: 'key_2', token: null, completed: 1, cancelled: 0 },
      ],
      nextCursor: '2',
    });
    expect((await read('/admin/usage?groupBy=key,token&limit=2&cursor=2')).body).toMatchObject({
      data: [{ key: 'key_2', token: 'tok_1', completed: 0, cancelled: 1 }],
      nextCursor: null,
    });
    const csv = await read(`/admin/usage.csv?key=key_2&from=${day(9)}`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toContain(`usage-${day(9)}-${day(0)}.csv`);
    expect(csv.text.split('\r\n')).toEqual([
      'day,key,token,model,kind,outcome,generations,seconds,workSeconds',
      `${day(1)},key_2,tok_1,sora-2,video,cancelled,1,0,0`,
      `${day(0)},key_2,,sora-2,video,completed,1,4.5,60`,
      '',
    ]);
  });

  it('say what is wrong with a query', async () => {
    const problems = [
      ['from=2026-02-30', 'from'],
      ['from=2026-03-02&to=2026-03-01', 'from'],
      ['groupBy=day,day', 'groupBy'],
      ['groupBy=week', 'groupBy.0'],
      ['limit=0', 'limit'],
      ['cursor=x', 'cursor'],
    ] as const;
    for (const [query, param] of problems) {
      const { status, body } = await read(`/admin/usage?${query}`);
      expect([query, status, body]).toMatchObject([query, 400, { error: { param } }]);
    }
  });
});
