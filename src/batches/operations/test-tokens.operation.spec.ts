import { beforeEach, describe, expect, it } from 'vitest';

import {
  firstPayload,
  interrupted,
  itemContext,
  startBatchesApp,
  type BatchesApp,
} from '../testing/batches-app.js';
import { TestTokensOperation } from './test-tokens.operation.js';

let app: BatchesApp;

beforeEach(async () => {
  app = await startBatchesApp();
});

const turnOff = (id: string, disabledBy: 'machine' | 'operator'): Promise<unknown> =>
  app.store.change(id, () => ({ enabled: false, disabledReason: 'it was refused', disabledBy }));

describe('token.test', () => {
  it('turns off what is refused and on what Penstock had turned off, and leaves to people what they did', async () => {
    const good = await app.add({ label: 'good', secret: 'good-1' });
    const bad = await app.add({ label: 'bad', secret: 'bad-1' });
    const back = await app.add({ label: 'back', secret: 'good-2' });
    const resting = await app.add({ label: 'resting', secret: 'good-3' });
    await app.add({ label: 'silent', secret: 'silent-1' });
    await turnOff(back, 'machine');
    await turnOff(resting, 'operator');
    const end = await app.run('token.test');
    expect(end.results).toEqual({ valid: 3, invalid: 1, token_unanswered: 1 });
    expect(end.changes).toEqual({ enabled: 1, disabled: 1 });
    const enabled = await Promise.all(
      [good, bad, back, resting].map(async (id) => (await app.token(id)).enabled),
    );
    expect(enabled).toEqual([true, false, true, false]);
  });

  it.each([
    [{ state: 'active' }, ['on']],
    [{ state: 'disabled' }, ['off']],
    [{ state: 'all' }, ['off', 'on']],
    [{ provider: 'plain' }, []],
    [{ label: 'on' }, ['on']],
  ])('selects by %j', async (select, labels) => {
    await app.add({ label: 'on', secret: 'good-1' });
    await turnOff(await app.add({ label: 'off', secret: 'good-2' }), 'operator');
    const end = await app.run('token.test', { input: { select } });
    expect((await app.items(end.id)).map(({ label }) => label).sort()).toEqual(labels);
  });

  it('selects by ids, of which one may be gone', async () => {
    const id = await app.add();
    await app.add({ secret: 'good-2' });
    const end = await app.run('token.test', { input: { select: { ids: [id, 'tok_gone'] } } });
    expect((await app.items(end.id)).map(({ tokenId }) => tokenId)).toEqual([id]);
  });

  it('begins 0.3 s apart', async () => {
    for (const n of [1, 2, 3]) await app.add({ secret: `good-${String(n)}` });
    const end = await app.run('token.test');
    expect(end.limits).toMatchObject({ concurrency: 5, intervalMs: 300 });
    expect(Date.parse(end.endedAt ?? '') - Date.parse(end.startedAt ?? '')).toBeGreaterThanOrEqual(600);
  });

  it('tells what a test changed whose end was not stored', async () => {
    const operation = app.test.app.get(TestTokensOperation);
    const id = await app.add({ secret: 'bad-1' });
    const payload = await firstPayload(operation.plan({ select: {} }, 'batch_1'));
    const item = interrupted({ key: id, payload });
    const first = await operation.run({ ...item, attempts: 0 }, itemContext());
    expect(first).toMatchObject({ result: 'invalid', changes: ['disabled'] });
    expect(await operation.run(item, itemContext())).toEqual(first);
    app.provider.revived.add('bad-1');
    const again = { ...item, payload: await firstPayload(operation.plan({ select: {} }, 'batch_2')) };
    const second = await operation.run({ ...again, attempts: 0 }, itemContext());
    expect(second).toMatchObject({ result: 'valid', changes: ['enabled'] });
    expect(await operation.run(again, itemContext())).toEqual(second);
  });

  it('does not take for its doing what a person turned off meanwhile', async () => {
    const operation = app.test.app.get(TestTokensOperation);
    const id = await app.add({ secret: 'good-1' });
    await turnOff(id, 'operator');
    const item = interrupted({ key: id, payload: 'on' });
    expect(await operation.run(item, itemContext())).toMatchObject({ result: 'valid', changes: [] });
  });
});
