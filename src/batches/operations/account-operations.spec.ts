import { DatabasePool } from 'penstock/database';
import { beforeEach, describe, expect, it } from 'vitest';

import { BatchItemRow } from '../batch-item.entity.js';
import { startBatchesApp, type BatchesApp } from '../testing/batches-app.js';

const ALL = { select: { state: 'all' } };
let app: BatchesApp;

beforeEach(async () => {
  app = await startBatchesApp();
});

/** Results of the items by the labels of their tokens. */
async function resultsOf(id: string): Promise<Record<string, unknown>> {
  return Object.fromEntries((await app.items(id)).map(({ label, result }) => [label, result]));
}

describe('token.refresh', () => {
  const refresh = (input: object = ALL) => app.run('token.refresh', { input });

  it('renews credentials, and turns on what Penstock had turned off', async () => {
    const plain = await app.add({ label: 'plain', refreshSecret: 'rt-1' });
    const off = await app.add({ label: 'off', secret: 'bad-1', refreshSecret: 'rt-2' });
    await app.store.change(off, () => ({ enabled: false, disabledReason: '401', disabledBy: 'machine' }));
    const end = await refresh();
    expect(end).toMatchObject({ results: { refreshed: 2 }, changes: { refreshed: 2, enabled: 1 } });
    expect([(await app.token(plain)).last4, (await app.token(off)).last4]).toEqual(['rt-1', 'rt-2']);
    expect((await app.token(off)).enabled).toBe(true);
    await app.run('token.test', { input: ALL });
    expect(app.provider.calls).toEqual(
      expect.arrayContaining(['verify good-by-rt-1', 'verify good-by-rt-2']),
    );
  });

  it('uses the rotated refresh secret the next time', async () => {
    await app.add({ refreshSecret: 'rt-1' });
    await refresh();
    await refresh();
    await app.run('token.test', { input: ALL });
    expect(app.provider.calls.at(-1)).toBe('verify good-by-next-rt-1');
  });

  it('tells apart what cannot be renewed, and what is refused', async () => {
    await app.add({ label: 'no secret', secret: 'good-1' });
    await app.add({ label: 'no capability', provider: 'plain', secret: 'good-2', refreshSecret: 'rt' });
    await app.add({ label: 'refused', secret: 'good-3', refreshSecret: 'bad-rt' });
    const end = await refresh();
    expect(end.counts).toMatchObject({ skipped: 2, failed: 1 });
    expect(await resultsOf(end.id)).toEqual({
      'no secret': 'unsupported',
      'no capability': 'unsupported',
      refused: 'unauthorized',
    });
  });

  it('asks nobody in a dry run', async () => {
    await app.add({ refreshSecret: 'rt-1' });
    const end = await app.run('token.refresh', { input: ALL, dryRun: true });
    expect([end.results, app.provider.calls]).toEqual([{ would_run: 1 }, []]);
  });
});

describe('token.activate', () => {
  const CODE = 'INVITE-4711';

  it('activates accounts, tells those that were active, and never shows the code', async () => {
    await app.add({ label: 'fresh', secret: 'good-1' });
    await app.add({ label: 'active', secret: 'good-active' });
    await app.add({ label: 'refused', secret: 'bad-1' });
    await app.add({ label: 'unable', provider: 'plain', secret: 'good-2' });
    const end = await app.run('token.activate', { input: { ...ALL, code: CODE } });
    expect(await resultsOf(end.id)).toEqual({
      fresh: 'activated',
      active: 'already_active',
      refused: 'activation_failed',
      unable: 'unsupported',
    });
    expect(end).toMatchObject({ changes: { activated: 1 }, input: { code: '(sealed)' } });
    const items = await app.items(end.id);
    expect(items.find(({ label }) => label === 'refused')?.reason).toBe('The code (the code) is used up.');
    const pool = app.test.app.get(DatabasePool);
    const rows = await pool.read((manager) => manager.find(BatchItemRow));
    expect(rows).toHaveLength(4);
    expect(JSON.stringify([rows, items, end])).not.toContain(CODE);
    // Only what failed may be tried again, and keeps its code.
    expect(
      rows
        .filter(({ payload }) => payload !== null)
        .map(({ label }) => label)
        .sort(),
    ).toEqual(['refused', 'unable']);
  });

  it('works on at most 3 at once', async () => {
    const { body } = await app.test.request('POST', '/admin/batches', {
      body: { operation: 'token.activate', input: { ...ALL, code: CODE }, concurrency: 4 },
    });
    expect(body).toMatchObject({ error: { code: 'batch_limit', param: 'concurrency' } });
  });
});

describe('token.quota', () => {
  it('reads what is left, and says where nobody tells', async () => {
    const told = await app.add({ label: 'told', secret: 'good-1' });
    await app.add({ label: 'silent', provider: 'plain', secret: 'good-2' });
    await app.add({ label: 'refused', secret: 'bad-1' });
    const end = await app.run('token.quota');
    expect(await resultsOf(end.id)).toEqual({ told: 'read', silent: 'unsupported', refused: 'unauthorized' });
    expect(end.changes).toEqual({ quota: 1 });
    expect((await app.items(end.id)).find(({ label }) => label === 'told')?.reason).toBe('12 left.');
    expect((await app.token(told)).quotaRemaining).toBe(12);
  });
});
