import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest, RemoteLeaseStore } from '../testing/index.js';
import { acquired, BalancerBench } from '../testing/balancer-bench.js';
import { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Balancer', () => {
  const on = new BalancerBench();
  const { use, acquire } = on;

  describe('acquire', () => {
    it('leases a token of one of the providers', async () => {
      await use([aToken({ id: 'a' }), aToken({ id: 'b', provider: 'other' })]);
      const lease = acquired(await acquire({ providers: ['other'] }));
      expect(lease).toMatchObject({ holder: 'generation-1', tokenId: 'b', kind: 'video' });
      expect(on.store.inFlight('token', 'b', 'video')).toBe(1);
    });

    it('uses the tokens of all providers, each up to its limit', async () => {
      const limits = { video: 2 };
      await use([aToken({ id: 'a', limits }), aToken({ id: 'b', provider: 'other', limits })]);
      const holders = ['1', '2', '3', '4', '5'];
      const providers = ['acme', 'other', 'acme'];
      const all = await Promise.all(holders.map((holder) => acquire({ holder, providers })));
      expect(all.map(({ outcome }) => outcome)).toEqual([...Array<string>(4).fill('acquired'), 'busy']);
      expect([on.store.inFlight('token', 'a'), on.store.inFlight('token', 'b')]).toEqual([2, 2]);
    });

    it('finds the one free token among many that are not', async () => {
      const others = Array.from({ length: 3_000 }, (_, index) =>
        aToken({ id: `off-${index}`, enabled: false }),
      );
      await use([...others.slice(1_000), aToken({ id: 'on' }), ...others.slice(0, 1_000)]);
      expect(acquired(await acquire()).tokenId).toBe('on');
    });

    it('takes only the token that the request is bound to', async () => {
      await use([aToken({ id: 'a', limits: { video: 1 } }), aToken({ id: 'b' })]);
      expect(acquired(await acquire({ tokenId: 'a' })).tokenId).toBe('a');
      expect(await acquire({ holder: 'next', tokenId: 'a' })).toEqual({ outcome: 'busy' });
    });

    it('leaves out tokens that failed already', async () => {
      await use([aToken({ id: 'a' }), aToken({ id: 'b' })]);
      for (const holder of ['1', '2', '3']) {
        expect(acquired(await acquire({ holder, excluded: new Set(['a']) })).tokenId).toBe('b');
      }
    });

    it('gives a cooling token when it comes back', async () => {
      const coolingUntil = on.clock.now() + 5_000;
      await use([
        aToken({ id: 'a', coolingUntil: coolingUntil + 1 }),
        aToken({ id: 'b', coolingUntil }),
        aToken({ id: 'd', coolingUntil: coolingUntil + 2 }),
        aToken({ id: 'c', limits: { video: 1 } }),
      ]);
      await on.balancer.adopt('running', 'c', 'video');
      expect(await acquire()).toEqual({ outcome: 'busy' });
      await on.clock.advance(5_000);
      expect(acquired(await acquire()).tokenId).toBe('b');
    });

    it('says why no token could ever serve the request', async () => {
      await use([
        aToken({ id: 'a', enabled: false }),
        aToken({ id: 'b', expiresAt: on.clock.now() }),
        aToken({ id: 'c' }),
      ]);
      const request = { excluded: new Set(['c']) };
      expect(await acquire(request)).toEqual({ outcome: 'unservable' });
      expect(on.balancer.explain(aLeaseRequest(request)).map(({ verdict }) => verdict)).toEqual([
        'disabled',
        'expired',
        'excluded',
      ]);
    });

    it.each([
      ['unknown providers', { providers: ['unknown'] }],
      ['no providers', { providers: [] }],
      ['a bound token that is gone', { tokenId: 'gone' }],
      ['a bound token of another provider', { tokenId: 'b' }],
    ])('is unservable with %s', async (_, request) => {
      await use([aToken({ id: 'a' }), aToken({ id: 'b', provider: 'other' })]);
      expect((await acquire(request)).outcome).toBe('unservable');
      expect(on.balancer.isServable(aLeaseRequest(request))).toBe(false);
    });

    it('refuses a second lease to a holder', async () => {
      await use([aToken()]);
      await acquire();
      await expect(acquire()).rejects.toMatchObject({ code: 'lease_held' });
      expect(on.store.size).toBe(1);
    });

    it('chooses again when a token filled up while the store was asked', async () => {
      const limits = { video: 1 };
      const tokens = ['a', 'b', 'c', 'd'].map((id) => aToken({ id, limits }));
      await use(tokens, new RemoteLeaseStore({ travel: turn }));
      const holders = Array.from({ length: 6 }, (_, index) => `holder-${index}`);
      const all = await Promise.all(holders.map((holder) => acquire({ holder })));
      expect(all.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(4);
      expect(tokens.map(({ id }) => on.store.inFlight('token', id))).toEqual([1, 1, 1, 1]);
    });

    it('tries every token once when the store refuses what it showed as free', async () => {
      const remote = new RemoteLeaseStore({ travel: turn });
      remote.inFlight = () => 0;
      await use(
        [aToken({ id: 'a', limits: { video: 1 } }), aToken({ id: 'b', limits: { video: 1 } })],
        remote,
      );
      await acquire({ holder: '1' });
      await acquire({ holder: '2' });
      expect(await acquire({ holder: '3' })).toEqual({ outcome: 'busy' });
    });

    it('passes on what the store fails with', async () => {
      const remote = new RemoteLeaseStore({ travel: turn });
      await use([aToken()], remote);
      remote.failure = new Error('connection lost');
      await expect(acquire()).rejects.toThrow('connection lost');
    });
  });

  describe('a lease', () => {
    it('is released once', async () => {
      await use([aToken({ limits: { video: 1 } })]);
      const lease = acquired(await acquire());
      await Promise.all([lease.release(), lease.release()]);
      expect(on.store.size).toBe(0);
      acquired(await acquire());
      await lease.release();
      expect(on.store.size).toBe(1);
    });

    it('tells by its promise what a store throws that decides at once', async () => {
      const local = new InMemoryLeaseStore(on.clock);
      await use([aToken()], local);
      const lease = acquired(await acquire());
      local.release = () => {
        throw new Error('corrupt');
      };
      await expect(lease.release()).rejects.toThrow('corrupt');
    });

    it('can be released again after the store failed', async () => {
      const remote = new RemoteLeaseStore({ travel: turn });
      await use([aToken()], remote);
      const lease = acquired(await acquire());
      remote.failure = new Error('connection lost');
      await expect(lease.release()).rejects.toThrow('connection lost');
      expect(on.store.size).toBe(1);
      remote.failure = null;
      await lease.release();
      expect(on.store.size).toBe(0);
    });
  });

  describe('adopt', () => {
    it('goes past limits, on disabled and on unknown tokens', async () => {
      await use([aToken({ id: 'a', enabled: false, limits: { video: 1 } })]);
      await on.balancer.adopt('1', 'a', 'video');
      await on.balancer.adopt('2', 'a', 'video');
      const lease = await on.balancer.adopt('3', 'gone', 'video');
      expect(on.balancer.stats()).toEqual({ inFlight: 3, tokens: 1, active: 0 });
      await lease.release();
      expect(on.balancer.stats().inFlight).toBe(2);
    });
  });

  describe('explain', () => {
    it('has a verdict for every token of the providers', async () => {
      await use([
        aToken({ id: 'a', limits: { video: 1 } }),
        aToken({ id: 'b' }),
        aToken({ id: 'c', provider: 'x' }),
      ]);
      await on.balancer.adopt('1', 'a', 'video');
      expect(on.balancer.explain(aLeaseRequest({ providers: ['acme', 'acme'] }))).toEqual([
        { tokenId: 'a', verdict: 'busy', detail: 'busy 1/1', until: null },
        { tokenId: 'b', verdict: 'ready', detail: 'ready 0, no limit', until: null },
      ]);
      expect(on.balancer.explain(aLeaseRequest({ tokenId: 'b' })).map(({ verdict }) => verdict)).toEqual([
        'not_pinned',
        'ready',
      ]);
    });
  });
});
