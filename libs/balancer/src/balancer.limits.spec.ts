import type { PooledToken } from 'penstock/token-cache';
import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { acquired, BalancerBench } from '../testing/balancer-bench.js';
import type { Lease } from './lease.js';

describe('the limits of a Balancer', () => {
  const on = new BalancerBench();
  const { use, acquire } = on;

  describe('shared limits', () => {
    const inGroup = (id: string, changes: Partial<PooledToken> = {}): PooledToken =>
      aToken({ id, quotaGroup: 'org', ...changes });

    it('hold for all tokens of a group together, and let the others go on', async () => {
      on.limits = { groups: { org: { limits: { video: 2 } } } };
      await use([inGroup('a'), inGroup('b'), inGroup('c'), aToken({ id: 'alone', limits: { video: 1 } })]);
      const leases = new Map<string, Lease>();
      for (const holder of ['1', '2', '3']) leases.set(holder, acquired(await acquire({ holder })));
      expect(await acquire({ holder: '4' })).toEqual({ outcome: 'busy' });
      expect(await acquire({ holder: '4', kind: 'image' })).toMatchObject({ outcome: 'acquired' });
      const ofGroup = [...leases.values()].find(({ group }) => group === 'org');
      await ofGroup?.release();
      expect(acquired(await acquire({ holder: '5' })).group).toBe('org');
    });

    it('are found out where only excluded tokens of the group are shown', async () => {
      on.limits = { groups: { org: { limits: { video: 1 } } } };
      await use([inGroup('a'), inGroup('b'), inGroup('c')]);
      for (const id of ['a', 'b', 'c']) {
        const excluded = new Set(['a', 'b', 'c'].filter((each) => each !== id));
        const lease = acquired(await acquire({ excluded }));
        expect(lease.tokenId).toBe(id);
        await lease.release();
      }
    });

    it('hold for a provider, and for both when a group is below it', async () => {
      on.limits = {
        groups: { org: { limits: { video: 1 } } },
        providers: { acme: { limits: { video: 2 } } },
      };
      await use([inGroup('a'), inGroup('b'), aToken({ id: 'c' }), aToken({ id: 'd' })]);
      const holders = ['1', '2', '3'];
      const all = await Promise.all(holders.map((holder) => acquire({ holder })));
      expect(all.map(({ outcome }) => outcome)).toEqual(['acquired', 'acquired', 'busy']);
      expect(on.store.inFlight('group', 'org')).toBeLessThanOrEqual(1);
    });

    it('can be changed while leases are held', async () => {
      await use([inGroup('a'), inGroup('b')]);
      const lease = acquired(await acquire({ holder: '1' }));
      on.balancer.configure({
        strategies: { default: 'the only one' },
        limits: { groups: { org: { limits: { video: 1 } } } },
      });
      expect(await acquire({ holder: '2' })).toEqual({ outcome: 'busy' });
      await lease.release();
      expect((await acquire({ holder: '2' })).outcome).toBe('acquired');
    });
  });

  describe('rates', () => {
    it('let a token serve again when the minute is over, at once for adopted work that is older', async () => {
      await use([aToken({ id: 'a', requestsPerMinute: 2 })]);
      await on.balancer.adopt('old', 'a', 'video', on.clock.now() - 60_000);
      await on.balancer.adopt('young', 'a', 'video', on.clock.now() - 10_000);
      acquired(await acquire({ holder: '1' }));
      expect(await acquire({ holder: '2' })).toEqual({ outcome: 'busy' });
      expect(on.balancer.explain(aLeaseRequest())[0]).toMatchObject({
        verdict: 'rate_limited',
        until: on.clock.now() + 50_000,
      });
      await on.clock.advance(50_000);
      acquired(await acquire({ holder: '2' }));
    });

    it('count from when they are set', async () => {
      await use([aToken({ id: 'a' })]);
      acquired(await acquire({ holder: '1' }));
      on.cache.put(aToken({ id: 'a', requestsPerMinute: 1, version: 2 }));
      acquired(await acquire({ holder: '2' }));
      expect(await acquire({ holder: '3' })).toEqual({ outcome: 'busy' });
    });
  });

  describe('a wall clock that jumps', () => {
    it('neither ends a cooldown nor prolongs it', async () => {
      await use([aToken({ id: 'a', coolingUntil: on.clock.now() + 5_000 })]);
      on.clock.jump(3_600_000);
      expect(await acquire()).toEqual({ outcome: 'busy' });
      on.clock.jump(-7_200_000);
      await on.clock.advance(4_999);
      expect(await acquire()).toEqual({ outcome: 'busy' });
      await on.clock.advance(1);
      expect(acquired(await acquire()).tokenId).toBe('a');
    });
  });

  describe('weight 0', () => {
    it('is for when there is nothing else', async () => {
      const last = aToken({ id: 'last', weight: 0 });
      await use([last, aToken({ id: 'a', limits: { video: 1 } }), aToken({ id: 'b', limits: { video: 1 } })]);
      expect(acquired(await acquire({ holder: '1' })).tokenId).not.toBe('last');
      expect(acquired(await acquire({ holder: '2' })).tokenId).not.toBe('last');
      expect(acquired(await acquire({ holder: '3' })).tokenId).toBe('last');
    });
  });
});
