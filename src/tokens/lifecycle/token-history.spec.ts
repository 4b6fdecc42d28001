import { DatabasePool } from 'penstock/database';
import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from '../testing/renewable-app.js';
import { TokenHealth } from '../token-health.js';
import { transitionPageSchema, type TransitionView } from './token-lifecycle.schemas.js';
import { TokenTransition } from './token-transition.entity.js';

describe('the history of a token', () => {
  let app: RenewableApp;
  let id: string;

  beforeEach(async () => {
    app = await startRenewableApp();
    ({ id } = await app.add());
  });

  const page = async (query = '') => {
    const answer = await app.test.request('GET', `/admin/tokens/${id}/history${query}`);
    return transitionPageSchema.parse(answer.body);
  };
  const short = ({ from, to, reason, by }: TransitionView) => [from, to, reason, by];
  const act = (action: string) => app.test.request('POST', `/admin/tokens/${id}/${action}`);

  it('tells every change of its state, with the reason and who made it, newest first', async () => {
    await app.test.app.get(TokenHealth).report(id, { kind: 'rate_limited', retryAfterMs: 9_000 });
    await act('disable');
    await act('enable');
    const { data } = await page();
    expect(data.map(short)).toEqual([
      ['disabled', 'ready', null, 'operator'],
      ['cooling', 'disabled', 'Turned off by an operator.', 'operator'],
      ['ready', 'cooling', 'The upstream limits its rate.', 'machine'],
      [null, 'ready', null, 'operator'],
    ]);
    expect(data[2]?.until).toBe(new Date(app.test.clock.now() + 9_000).toISOString());
  });

  it('does not tell what changes no state', async () => {
    await app.test.request('PATCH', `/admin/tokens/${id}`, { body: { remark: 'x', limits: { video: 3 } } });
    await act('enable');
    expect((await page()).data).toHaveLength(1);
  });

  it('is read in pages', async () => {
    await act('disable');
    await act('enable');
    const first = await page('?limit=2');
    const second = await page(`?limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([...first.data, ...second.data].map(({ to }) => to)).toEqual(['ready', 'disabled', 'ready']);
    expect(second.nextCursor).toBeNull();
  });

  it('keeps the last 200 changes', async () => {
    for (let n = 0; n < 101; n += 1) {
      await app.store.change(id, () => ({ enabled: false, disabledReason: `reason ${String(n)}` }));
      await app.store.change(id, () => ({ enabled: true, disabledReason: null }));
    }
    const rows = await app.test.app
      .get(DatabasePool)
      .read((manager) =>
        manager.find(TokenTransition, { where: { tokenId: id }, order: { version: 'ASC' } }),
      );
    expect([rows.length, rows[0]?.reason, rows[0]?.to]).toEqual([200, 'reason 1', 'disabled']);
  });

  it('goes with the token, and is not there for one that is not', async () => {
    await app.test.request('DELETE', `/admin/tokens/${id}`);
    const count = await app.test.app.get(DatabasePool).read((manager) => manager.count(TokenTransition));
    expect(count).toBe(0);
    expect((await app.test.request('GET', `/admin/tokens/${id}/history`)).status).toBe(404);
  });
});
