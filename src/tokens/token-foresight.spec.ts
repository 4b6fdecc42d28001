import { DatabasePool } from 'penstock/database';
import { TokenCache } from 'penstock/token-cache';
import { describe, expect, it } from 'vitest';

import { TokenForesight } from './token-foresight.js';
import { TokensApp } from './testing/tokens-app.js';
import type { TokenOutcome } from './token-health.policy.js';

const LIMITED: TokenOutcome = { kind: 'rate_limited', retryAfterMs: 9_000 };

describe('what a failure will change of a token', () => {
  const on = new TokensApp();
  const { act, health, make, pooled, read } = on;
  const pool = () => on.test.app.get(DatabasePool);

  /** Runs `work` while nothing can be written. */
  const whileBusy = (work: () => void): Promise<void> =>
    pool().transaction(() => {
      work();
      return Promise.resolve();
    });

  it.each<[TokenOutcome, object]>([
    [LIMITED, { coolingReason: 'The upstream limits its rate.' }],
    [{ kind: 'quota_exhausted', resetsAt: null }, { coolingReason: 'Its quota is used up.' }],
    [{ kind: 'unauthorized' }, { enabled: false }],
  ])('is seen by the pool before it can be stored: %o', async (outcome, seen) => {
    const { id } = await make();
    const before = pooled(id);
    const reported: Promise<void>[] = [];
    await whileBusy(() => {
      reported.push(health().report(id, outcome));
      expect(pooled(id)).toMatchObject(seen);
      expect(pooled(id)?.version).toBe(before?.version);
    });
    await Promise.all(reported);
    expect(pooled(id)).toMatchObject(seen);
    expect(pooled(id)?.version).toBe((before?.version ?? 0) + 1);
  });

  it.each<[TokenOutcome]>([
    [{ kind: 'success' }],
    [{ kind: 'transient', retryAfterMs: null }],
    [{ kind: 'invalid_request', param: null }],
  ])('is not guessed where it hangs on what was before: %o', async (outcome) => {
    const { id } = await make();
    const before = pooled(id);
    const reported = health().report(id, outcome);
    expect(pooled(id)).toBe(before);
    await reported;
  });

  it('makes no cooldown shorter, and is nothing for one that is off', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'quota_exhausted', resetsAt: null });
    const cooled = pooled(id);
    const shorter = health().report(id, LIMITED);
    expect(pooled(id)).toBe(cooled);
    await shorter;
    expect(pooled(id)?.coolingUntil).toBe(cooled?.coolingUntil);
    await act(id, 'disable');
    const off = pooled(id);
    const late = health().report(id, LIMITED);
    expect(pooled(id)).toBe(off);
    await late;
  });

  it('is taken back when it cannot be stored', async () => {
    const { id } = await make();
    await pool().write((manager) =>
      manager.query("CREATE TRIGGER full BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'full'); END"),
    );
    const reported = health().report(id, { kind: 'unauthorized' });
    expect(pooled(id)?.enabled).toBe(false);
    await expect(reported).rejects.toThrow('full');
    expect(pooled(id)?.enabled).toBe(true);
    expect(await read(id)).toMatchObject({ state: 'ready' });
  });

  it('undoes nothing that came after', async () => {
    const { id } = await make();
    const before = pooled(id);
    if (before === undefined) throw new Error('The token is not in the pool.');
    const takeBack = on.test.app.get(TokenForesight).show(id, LIMITED, on.test.clock.now());
    const after = { ...before, label: 'renamed', version: before.version + 1 };
    on.test.app.get(TokenCache).put(after);
    takeBack();
    expect(pooled(id)).toBe(after);
  });

  it('brings no token back that is gone', async () => {
    const { id } = await make();
    const foresight = on.test.app.get(TokenForesight);
    const takeBack = foresight.show(id, LIMITED, on.test.clock.now());
    expect((await on.test.request('DELETE', `/admin/tokens/${id}`)).status).toBe(204);
    takeBack();
    expect(pooled(id)).toBeUndefined();
    foresight.show(id, LIMITED, on.test.clock.now())();
    expect(pooled(id)).toBeUndefined();
  });
});
