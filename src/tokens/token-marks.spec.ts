import { aBalancer, aLeaseRequest } from 'penstock/balancer/testing';
import { DatabasePool } from 'penstock/database';
import type { ProviderFailure } from 'penstock/plugin-api';
import { TokenCache } from 'penstock/token-cache';
import { describe, expect, it } from 'vitest';

import { TokensApp } from './testing/tokens-app.js';
import { TokenStore } from './token-store.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a token while what its upstream said is being written', () => {
  const on = new TokensApp();

  /** A balancer on the tokens of the application, and what it answers to one more request. */
  const acquire = (): (() => Promise<string>) => {
    const balancer = aBalancer({ cache: on.test.app.get(TokenCache), clock: on.test.clock });
    let requests = 0;
    return async () => {
      requests += 1;
      const acquisition = await balancer.acquire(aLeaseRequest({ holder: `gen_${requests}` }));
      if (acquisition.outcome === 'acquired') await acquisition.lease.release();
      return acquisition.outcome;
    };
  };
  const refuseWrites = (): Promise<unknown> =>
    on.test.app
      .get(DatabasePool)
      .transaction((manager) =>
        manager.query(
          `CREATE TRIGGER refuse BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'no writes today'); END`,
        ),
      );

  it.each<[ProviderFailure, string]>([
    [{ kind: 'rate_limited', retryAfterMs: 9_000 }, 'busy'],
    [{ kind: 'quota_exhausted', resetsAt: null }, 'busy'],
    [{ kind: 'unauthorized' }, 'unservable'],
  ])('is not handed out from the answer on: %j', async (failure, outcome) => {
    const { id } = await on.make();
    const ask = acquire();
    expect(await ask()).toBe('acquired');
    const progress = { written: false };
    const report = on
      .health()
      .report(id, failure)
      .then(() => (progress.written = true));
    const seen: string[] = [];
    const versions = new Set<number | undefined>();
    do {
      versions.add(on.pooled(id)?.version);
      seen.push(await ask());
      await turn();
    } while (!progress.written);
    await report;
    seen.push(await ask());
    expect(new Set(seen)).toEqual(new Set([outcome]));
    // It was asked for before the row was written, and after.
    expect([...versions][0]).toBe(1);
    expect(on.pooled(id)?.version).toBe(2);
  });

  it('is not handed out when somebody else’s change is committed first', async () => {
    const { id } = await on.make();
    const ask = acquire();
    const store = on.test.app.get(TokenStore);
    const edit = store.change(id, () => ({ label: 'renamed' }), { by: 'operator' });
    const report = on.health().report(id, { kind: 'rate_limited', retryAfterMs: 9_000 });
    await edit;
    expect(on.pooled(id)?.label).toBe('renamed');
    expect(await ask()).toBe('busy');
    await report;
    expect(await ask()).toBe('busy');
    await on.test.clock.advance(9_000);
    expect(await ask()).toBe('acquired');
  });

  it('is as the database knows it again when that cannot be written', async () => {
    const { id } = await on.make();
    const ask = acquire();
    await refuseWrites();
    const report = on.health().report(id, { kind: 'unauthorized' });
    expect(await ask()).toBe('unservable');
    await expect(report).rejects.toThrow('no writes today');
    expect(await ask()).toBe('acquired');
    expect((await on.read(id)).state).toBe('ready');
  });

  it('stays off when a person turned it off meanwhile', async () => {
    const { id } = await on.make();
    const ask = acquire();
    const disable = on.act(id, 'disable');
    await on.health().report(id, { kind: 'rate_limited', retryAfterMs: 9_000 });
    await disable;
    expect(await ask()).toBe('unservable');
    expect(await on.read(id)).toMatchObject({ state: 'disabled', disabledBy: 'operator' });
  });

  it('is not changed by an outcome that may not be its fault', async () => {
    const { id } = await on.make();
    const before = on.pooled(id);
    const report = on.health().report(id, { kind: 'transient', retryAfterMs: null });
    expect(on.pooled(id)).toBe(before);
    await report;
  });
});
