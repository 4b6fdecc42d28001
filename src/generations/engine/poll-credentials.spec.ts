import type { PollObservation } from 'penstock/polling';
import { aPollRequest } from 'penstock/polling/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

const REFUSED = { outcome: 'error', retryAfterMs: null };
const PENDING = { outcome: 'pending', progress: 10, pollAfterMs: null };

describe('polls whose credential is refused', () => {
  let world: TestWorld;

  beforeEach(async () => {
    world = await TestWorld.create();
  });
  afterEach(() => world.end());

  /** A generation under way on the first token, whose credential is refused from now on. */
  const begin = async (): Promise<{
    engine: TestEngine;
    id: string;
    poll: () => Promise<PollObservation>;
  }> => {
    const engine = await TestEngine.start(world);
    world.upstream.plans.push(Array.from({ length: 50 }, () => 10));
    const { id } = await engine.create();
    await engine.settled();
    world.upstream.refusedSecrets.add(`secret of ${engine.store.live(id)?.tokenId ?? ''}`);
    return { engine, id, poll: () => engine.target.poll(aPollRequest(id)) };
  };

  it('renew it where that is possible, and go on with the new one', async () => {
    const refresh = world.secrets.sealRefreshSecret('tok_0', 'rt-1');
    const token = await world.addToken(1, refresh);
    world.upstream.renewed = 'fresh';
    const { engine, poll } = await begin();
    expect([await poll(), await poll()]).toEqual([REFUSED, PENDING]);
    expect(engine.cache.get(token)).toMatchObject({ enabled: true });
  });

  it('renew it no more than once in five minutes', async () => {
    await world.addToken(1, world.secrets.sealRefreshSecret('tok_0', 'rt-1'));
    world.upstream.renewed = 'fresh';
    const { engine, id, poll } = await begin();
    world.upstream.refusedSecrets.add('fresh');
    for (let n = 0; n < 4; n += 1) expect(await poll()).toEqual(REFUSED);
    expect(world.upstream.count('renew')).toBe(1);
    engine.scheduler.untrack(id);
    await world.clock.advance(5 * 60_000);
    await poll();
    expect(world.upstream.count('renew')).toBe(2);
  });

  it('take another token of the same account until it is good again', async () => {
    const first = await world.addToken(1, { quotaGroup: 'acme-1' });
    const { engine, id, poll } = await begin();
    expect(await poll()).toEqual(REFUSED);
    expect(await poll()).toEqual(REFUSED);
    const second = await world.addToken(1, { quotaGroup: 'acme-1' });
    await engine.cache.refresh();
    expect(await poll()).toEqual(PENDING);
    expect(engine.store.live(id)).toMatchObject({ tokenId: first });
    await engine.tokens.change(first, () => ({ enabled: true, disabledBy: null, disabledReason: null }));
    expect(await poll()).toEqual(REFUSED);
    world.upstream.refusedSecrets.add(`secret of ${second}`);
    expect([await poll(), await poll()]).toEqual([REFUSED, REFUSED]);
    expect(engine.cache.get(second)).toMatchObject({ enabled: false });
  });

  it('take no token of another account, or of another upstream', async () => {
    await world.addToken(1, { quotaGroup: 'acme-1' });
    const { engine, id, poll } = await begin();
    await world.addToken(1, { quotaGroup: 'acme-2' });
    await world.addToken(1);
    await world.addToken(1, { quotaGroup: 'acme-1', baseUrl: 'https://elsewhere.example' });
    await engine.cache.refresh();
    expect([await poll(), await poll()]).toEqual([REFUSED, REFUSED]);
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress' });
  });
});
