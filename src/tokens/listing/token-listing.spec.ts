import { describe, expect, it } from 'vitest';

import { TokenCounters } from '../token-counters.js';
import { TokenStore } from '../token-store.js';
import { TokensApp } from '../testing/tokens-app.js';
import { tokenPageSchema } from '../tokens.schemas.js';

describe('GET /admin/tokens', () => {
  const on = new TokensApp();
  const { act, make, health, read } = on;

  const page = async (query: string) =>
    tokenPageSchema.parse((await on.test.request('GET', `/admin/tokens?${query}`)).body);
  const labels = async (query: string) => (await page(query)).data.map(({ label }) => label);
  const everyPage = async (query: string, betweenPages: () => Promise<void> = async () => undefined) => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { data, nextCursor } = await page(`${query}&limit=2${cursor}`);
      seen.push(...data.map(({ label }) => label));
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
      await betweenPages();
    } while (cursor !== '');
    return seen;
  };
  const add = async (label: string, changes: object = {}): Promise<string> => {
    await on.test.clock.advance(1);
    return (await make({ secret: `good-${label}`, label, ...changes })).id;
  };
  const count = (id: string, times: number): void => {
    for (let n = 0; n < times; n++) on.test.app.get(TokenCounters).count(id, 'submitted');
  };

  it('filters by provider and state', async () => {
    const ids: Record<string, string> = {};
    for (const name of ['ready', 'cooling', 'exhausted', 'expired', 'disabled']) {
      ids[name] = await add(name, name === 'expired' ? { expiresAt: '2020-01-01T00:00:00Z' } : {});
    }
    const store = on.test.app.get(TokenStore);
    const quotaResetsAt = on.test.clock.now() + 60_000;
    const usedUp = { quotaRemaining: 0, quotaResetsAt, quotaReadAt: on.test.clock.now() };
    for (const name of ['exhausted', 'cooling', 'disabled'])
      await store.change(ids[name] ?? '', () => usedUp);
    await health().report(ids['cooling'] ?? '', { kind: 'quota_exhausted', resetsAt: null });
    await act(ids['disabled'] ?? '', 'disable');
    for (const state of ['ready', 'cooling', 'exhausted', 'expired', 'disabled']) {
      const { data } = await page(`state=${state}`);
      expect(data.map(({ label, state: shown }) => [label, shown])).toEqual([[state, state]]);
    }
    expect(await labels('provider=acme')).toEqual(['disabled', 'expired', 'exhausted', 'cooling', 'ready']);
    expect(await labels('provider=other')).toEqual([]);
    expect(await labels('disabledBy=operator')).toEqual(['disabled']);
    expect(await labels('disabledBy=machine')).toEqual([]);
  });

  it('filters by a part of the label, and by group', async () => {
    await add('Team-A', { quotaGroup: 'org' });
    await add('team_b', { quotaGroup: 'other' });
    await add('50%');
    expect(await labels('label=TEAM')).toEqual(['team_b', 'Team-A']);
    expect(await labels('label=m_')).toEqual(['team_b']);
    expect(await labels(`label=${encodeURIComponent('%')}`)).toEqual(['50%']);
    expect(await labels('label=m!')).toEqual([]);
    expect(await labels('label=team&quotaGroup=org')).toEqual(['Team-A']);
  });

  it('sorts, also where values are equal or missing, in pages that miss nothing', async () => {
    const [b, , c] = [await add('b'), await add('a'), await add('c', { expiresAt: '2099-01-01T00:00:00Z' })];
    await add('d');
    count(b, 2);
    count(c, 1);
    await on.test.clock.advance(5_000);
    expect(await everyPage('sort=label')).toEqual(['a', 'b', 'c', 'd']);
    expect(await everyPage('sort=-label')).toEqual(['d', 'c', 'b', 'a']);
    expect(await everyPage('sort=createdAt')).toEqual(['b', 'a', 'c', 'd']);
    expect((await everyPage('sort=-submitted')).slice(0, 2)).toEqual(['b', 'c']);
    expect((await everyPage('sort=-lastUsedAt')).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect((await everyPage('sort=expiresAt')).at(-1)).toBe('c');
  });

  it('goes on where it was, whatever is edited, added or deleted between two pages', async () => {
    const ids = new Map<string, string>();
    for (const label of ['a', 'b', 'c', 'd', 'e', 'f']) ids.set(label, await add(label));
    let edits = 0;
    const edit = async (): Promise<void> => {
      edits += 1;
      for (const label of ['a', 'c', 'f']) await on.patch(ids.get(label) ?? '', { remark: `edit ${edits}` });
      if (edits === 1) await add('new');
      if (edits === 1) await on.test.request('DELETE', `/admin/tokens/${ids.get('e') ?? ''}`);
    };
    expect(await everyPage('', edit)).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
  });

  it.each([
    ['sort=secret', 'sort'],
    ['state=lost', 'state'],
    ['cursor=nonsense', 'cursor'],
    ['colour=red', 'colour'],
    ['label=', 'label'],
  ])('refuses %s', async (query, param) => {
    const answer = await on.test.request('GET', `/admin/tokens?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { param } } });
  });

  it('refuses the cursor of another order', async () => {
    for (const label of ['a', 'b', 'c']) await add(label);
    const { nextCursor } = await page('limit=2');
    const answer = await on.test.request('GET', `/admin/tokens?sort=label&cursor=${nextCursor ?? ''}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'cursor' } } });
  });

  it('shows totals, what happened today, and the last error, written or not', async () => {
    const id = await add('a');
    const on_ = on.test.app.get(TokenCounters);
    await health().report(id, { kind: 'success' });
    await health().report(id, { kind: 'rate_limited', retryAfterMs: 1_000 });
    await health().report(id, { kind: 'content_policy' });
    on_.count(id, 'failed');
    const at = new Date(on.test.clock.now()).toISOString();
    const expected = {
      counters: { submitted: 1, completed: 0, failed: 1, errors: 1 },
      today: { submitted: 1, completed: 0, failed: 1, errors: 1 },
      lastError: { kind: 'rate_limited', at },
    };
    expect(await read(id)).toMatchObject(expected);
    await on.test.clock.advance(5_000);
    expect(await read(id)).toMatchObject(expected);
    await on.test.clock.advance(86_400_000);
    const nothing = { submitted: 0, completed: 0, failed: 0, errors: 0 };
    expect(await read(id)).toMatchObject({ ...expected, today: nothing });
    on_.count(id, 'completed');
    expect((await read(id)).today).toEqual({ ...nothing, completed: 1 });
    await on.test.clock.advance(5_000);
    expect(await read(id)).toMatchObject({
      counters: { submitted: 1, completed: 1, failed: 1, errors: 1 },
      today: { ...nothing, completed: 1 },
    });
  });
});
