import { Logger } from '@nestjs/common';
import { type Wait, WaitObserver } from 'penstock/concurrency';
import { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { aBalancer, aLeaseRequest, RemoteLeaseStore } from '../../testing/index.js';
import type { Balancer } from '../balancer.js';
import type { Lease, LeaseRequest } from '../lease.js';
import { InMemoryLeaseStore } from '../strategies/in-memory-lease-store.js';
import { AdmissionQueue, type EntryOptions } from './admission-queue.js';
import type { Ticket } from './ticket.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Recorder extends WaitObserver {
  constructor(private readonly waits: Wait[]) {
    super();
  }

  override waited(wait: Wait): void {
    this.waits.push(wait);
  }
}

describe('AdmissionQueue', () => {
  let clock: ManualClock;
  let cache: TokenCache;
  let store: RemoteLeaseStore;
  let balancer: Balancer;
  let queue: AdmissionQueue;
  let waits: Wait[];
  /** Granted leases by holder, in the order of the grants. */
  let granted: Map<string, Lease>;

  const open = async (...tokens: PooledToken[]): Promise<void> => {
    cache = await loadedTokenCache(clock, tokens);
    balancer = aBalancer({ cache, store, clock });
    queue = new AdmissionQueue(
      balancer,
      { maxWaiting: 5, fullRetryAfterMs: 700 },
      clock,
      new Recorder(waits),
    );
  };
  const enter = (holder: string, changes: Partial<LeaseRequest> = {}, options?: EntryOptions): Ticket => {
    const ticket = queue.enter(aLeaseRequest({ holder, ...changes }), options);
    void ticket.lease.then(
      (lease) => granted.set(holder, lease),
      () => undefined,
    );
    return ticket;
  };
  const settle = (): Promise<void> => clock.advance(0);
  const release = async (holder: string): Promise<void> => {
    await granted.get(holder)?.release();
    await settle();
  };
  const served = (): string[] => [...granted.keys()];
  const one = (id: string, changes: Partial<PooledToken> = {}): PooledToken =>
    aToken({ id, limits: { video: 1 }, ...changes });

  beforeEach(() => {
    clock = new ManualClock();
    store = new RemoteLeaseStore({ travel: () => Promise.resolve(), remote: new InMemoryLeaseStore(clock) });
    waits = [];
    granted = new Map();
  });
  afterEach(async () => {
    await queue.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
    expect(queue.stats()).toEqual({ waiting: 0, lanes: 0, oldestWaitMs: 0, estimatedWaitMs: 0 });
    vi.restoreAllMocks();
  });

  describe('turns', () => {
    it('grants at once where a token is free', async () => {
      await open(one('a'));
      const ticket = enter('1');
      expect((await ticket.lease).tokenId).toBe('a');
      expect(ticket.position()).toBeNull();
      expect(ticket.cancel()).toBe(false);
    });

    it('serves a lane first come, first served', async () => {
      await open(one('a'));
      const tickets = ['1', '2', '3'].map((holder) => enter(holder));
      await settle();
      expect(tickets.map((ticket) => ticket.position())).toEqual([null, 1, 2]);
      await release('1');
      expect(tickets.map((ticket) => ticket.position())).toEqual([null, null, 1]);
      await release('2');
      expect(served()).toEqual(['1', '2', '3']);
    });

    it('does not let a newcomer pass while a token is being handed on', async () => {
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      const releasing = granted.get('1')?.release();
      enter('newcomer', { excluded: new Set(['x']) });
      await releasing;
      await settle();
      expect(served()).toEqual(['1', '2']);
    });

    it('gives a freed token to the lane whose head came first', async () => {
      await open(one('a'));
      enter('running');
      await settle();
      enter('first', { excluded: new Set(['x']) });
      enter('second', { tokenId: 'a' });
      enter('third');
      for (const holder of ['running', 'first', 'second', 'third']) await release(holder);
      expect(served()).toEqual(['running', 'first', 'second', 'third']);
    });

    it('does not hold up others behind a request that is bound to a busy token', async () => {
      await open(one('a'), one('b'));
      enter('on a', { tokenId: 'a' });
      await settle();
      const bound = enter('bound', { tokenId: 'a' });
      enter('any');
      await settle();
      expect(served()).toEqual(['on a', 'any']);
      expect(bound.position()).toBe(1);
    });

    it('lets forced entries in front go first, in their own order', async () => {
      await open(one('a'));
      enter('1');
      await settle();
      enter('2');
      enter('failover 1', { excluded: new Set(['x']) }, { force: true, front: true });
      enter('failover 2', {}, { force: true, front: true });
      for (const holder of ['1', 'failover 1', 'failover 2', '2']) await release(holder);
      expect(served()).toEqual(['1', 'failover 1', 'failover 2', '2']);
    });

    it('serves as many as a changed token has room for', async () => {
      await open(one('a'));
      for (const holder of ['1', '2', '3', '4']) enter(holder);
      await settle();
      cache.put(aToken({ id: 'a', limits: { video: 3 }, version: 2 }));
      await settle();
      expect(served()).toEqual(['1', '2', '3']);
    });
  });

  describe('refusals', () => {
    it('tells at once when no token can ever serve', async () => {
      await open(one('a', { enabled: false }), one('b', { expiresAt: clock.now() }));
      expect(() => enter('1')).toThrow(
        expect.objectContaining({
          code: 'no_usable_token',
          message: 'No token can serve acme-1: 1 disabled, 1 expired.',
        }),
      );
      expect(queue.stats().waiting).toBe(0);
    });

    it('lets in so many, and more only by force', async () => {
      await open(one('a'));
      enter('running');
      await settle();
      for (const holder of ['1', '2', '3', '4', '5']) enter(holder);
      expect(() => enter('6')).toThrow(expect.objectContaining({ code: 'queue_full', retryAfterMs: 700 }));
      enter('restored', {}, { force: true });
      expect(queue.stats().waiting).toBe(6);
      await release('running');
      expect(() => enter('6')).toThrow(expect.objectContaining({ code: 'queue_full' }));
      await release('1');
      expect(enter('6').position()).toBe(5);
    });

    it('refuses a holder that has a lease already, and serves the next', async () => {
      await open(aToken());
      await balancer.adopt('1', 'token-1', 'video');
      const ticket = enter('1');
      enter('2');
      await expect(ticket.lease).rejects.toMatchObject({ code: 'lease_held' });
      await settle();
      expect(served()).toEqual(['2']);
      expect(ticket.position()).toBeNull();
    });

    it('refuses newcomers and waiters when the process ends', async () => {
      await open(one('a'));
      enter('1');
      await settle();
      const waiting = enter('2');
      await queue.onModuleDestroy();
      await expect(waiting.lease).rejects.toMatchObject({ code: 'shutting_down' });
      expect(() => enter('3')).toThrow(expect.objectContaining({ code: 'shutting_down' }));
      await release('1');
      expect(store.size).toBe(0);
    });

    it('gives back a lease that is on its way when the process ends', async () => {
      store = new RemoteLeaseStore({ travel: turn });
      await open(one('a'));
      const ticket = enter('1');
      await queue.onModuleDestroy();
      await expect(ticket.lease).rejects.toMatchObject({ code: 'shutting_down' });
      expect(store.size).toBe(0);
    });
  });

  describe('waiting', () => {
    it('ends when the first cooling token comes back', async () => {
      await open(
        one('a', { coolingUntil: clock.now() + 9_000 }),
        one('b', { coolingUntil: clock.now() + 4_000 }),
      );
      for (const holder of ['1', '2', '3']) enter(holder);
      await clock.advance(3_999);
      expect(served()).toEqual([]);
      await clock.advance(1);
      expect(served()).toEqual(['1']);
      await clock.advance(5_000);
      expect(served()).toEqual(['1', '2']);
    });

    it('notices that a token starts to cool, or cools for less time', async () => {
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      cache.put(one('a', { coolingUntil: clock.now() + 20_000, version: 2 }));
      await release('1');
      expect(served()).toEqual(['1']);
      cache.put(one('a', { coolingUntil: clock.now() + 500, version: 3 }));
      await clock.advance(500);
      expect(served()).toEqual(['1', '2']);
    });

    it('goes on while all tokens are disabled, and ends when one is enabled', async () => {
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      cache.put(one('a', { enabled: false, version: 2 }));
      await release('1');
      await clock.advance(120_000);
      expect(served()).toEqual(['1']);
      cache.put(one('a', { version: 3 }));
      await settle();
      expect(served()).toEqual(['1', '2']);
    });

    it('waits by force where nothing can serve yet, until a token is added', async () => {
      await open();
      const ticket = enter('restored', {}, { force: true });
      await settle();
      expect(ticket.position()).toBe(1);
      cache.put(one('new'));
      await settle();
      expect(served()).toEqual(['restored']);
    });

    it('survives that the word of a release is lost', async () => {
      store.onChange = () => () => undefined;
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      await release('1');
      expect(served()).toEqual(['1']);
      await clock.advance(30_000);
      expect(served()).toEqual(['1', '2']);
    });

    it('goes on while the lease store fails, and loses nothing', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await open(one('a'), one('b'));
      store.failure = new Error('connection lost');
      enter('1');
      enter('2');
      await clock.advance(2_500);
      expect(warn.mock.calls.map(([message]: unknown[]) => message)).toEqual(
        Array(3).fill('Leases cannot be taken: Error: connection lost Trying again in 1000 ms.'),
      );
      store.failure = null;
      await clock.advance(500);
      expect(served()).toEqual(['1', '2']);
    });

    it('is reported with its length', async () => {
      await open(one('a'));
      enter('1');
      await settle();
      enter('2');
      enter('3').cancel();
      await clock.advance(1_500);
      expect(queue.stats()).toMatchObject({ waiting: 1, lanes: 1, oldestWaitMs: 1_500 });
      await release('1');
      expect(waits.map(({ resource, waitedMs, outcome }) => [resource, waitedMs, outcome])).toEqual([
        ['balancer.admission', 0, 'acquired'],
        ['balancer.admission', 0, 'aborted'],
        ['balancer.admission', 1_500, 'acquired'],
      ]);
    });
  });

  describe('estimates', () => {
    it('follow the speed at which others got their turn', async () => {
      await open(one('a'));
      for (const holder of ['1', '2', '3']) enter(holder);
      const [fourth, fifth] = [enter('4'), enter('5')];
      await settle();
      expect(fourth.estimatedWaitMs()).toBeNull();
      for (const holder of ['1', '2', '3']) {
        await clock.advance(2_000);
        await release(holder);
      }
      expect([fourth.estimatedWaitMs(), fifth.estimatedWaitMs()]).toEqual([null, 2_000]);
    });

    it('tell a refused caller when a place will be free', async () => {
      await open(one('a'));
      for (const holder of ['0', '1', '2', '3', '4', '5']) {
        enter(holder);
        await settle();
      }
      for (const holder of ['0', '1', '2']) {
        await clock.advance(3_000);
        await release(holder);
      }
      for (const holder of ['6', '7', '8']) enter(holder);
      expect(() => enter('9')).toThrow(expect.objectContaining({ code: 'queue_full', retryAfterMs: 3_000 }));
    });
  });

  describe('with many waiters', () => {
    const MANY = 2_000;

    it('looks at none of them that a free token does not concern', async () => {
      await open(one('a'), one('b'), one('c'));
      for (const id of ['a', 'b', 'c']) await balancer.adopt(`on ${id}`, id, 'video');
      for (let index = 0; index < MANY; index++) {
        enter(`bound ${index}`, { tokenId: 'a' }, { force: true });
        enter(`failed ${index}`, { excluded: new Set(['b', 'c']) }, { force: true });
      }
      const last = enter('last', {}, { force: true });
      await settle();
      const asked = vi.spyOn(balancer, 'acquire');
      await balancer.adopt('b again', 'b', 'image');
      await store.release({ holder: 'on b', tokenId: 'b', kind: 'video', group: null, provider: null });
      await settle();
      expect(served()).toEqual(['last']);
      expect(asked.mock.calls.length).toBe(1);
      expect(last.position()).toBeNull();
    });
  });

  describe('cancel', () => {
    it('gives the place up', async () => {
      await open(one('a'));
      enter('1');
      const [second, third] = [enter('2'), enter('3')];
      await settle();
      expect(second.cancel()).toBe(true);
      expect(second.cancel()).toBe(false);
      expect([second.position(), third.position()]).toEqual([null, 1]);
      await expect(second.lease).rejects.toMatchObject({ code: 'admission_cancelled' });
      await release('1');
      expect(served()).toEqual(['1', '3']);
    });

    it('gives a lease that is on its way to the next', async () => {
      store = new RemoteLeaseStore({ travel: turn });
      await open(one('a'));
      const first = enter('1');
      enter('2');
      expect(first.cancel()).toBe(true);
      await expect(first.lease).rejects.toMatchObject({ code: 'admission_cancelled' });
      for (let round = 0; round < 20; round++) await turn();
      expect(served()).toEqual(['2']);
      expect(store.size).toBe(1);
    });

    it('says so when a lease that nobody wants cannot be released', async () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
      store = new RemoteLeaseStore({ travel: turn });
      store.release = () => Promise.reject(new Error('connection lost'));
      await open(one('a'));
      enter('1').cancel();
      for (let round = 0; round < 5; round++) await turn();
      expect(error.mock.calls[0]?.[0]).toBe('The lease of 1 on a could not be released.');
    });
  });
});
