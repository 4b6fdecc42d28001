import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';

import { one, QueueBench } from '../../testing/queue-bench.js';

describe('waiting in the AdmissionQueue', () => {
  const on = new QueueBench();
  const { open, enter, settle, release, served } = on;

  describe('waiting', () => {
    it('ends when the first cooling token comes back', async () => {
      await open(
        one('a', { coolingUntil: on.clock.now() + 9_000 }),
        one('b', { coolingUntil: on.clock.now() + 4_000 }),
      );
      for (const holder of ['1', '2', '3']) enter(holder);
      await on.clock.advance(3_999);
      expect(served()).toEqual([]);
      await on.clock.advance(1);
      expect(served()).toEqual(['1']);
      await on.clock.advance(5_000);
      expect(served()).toEqual(['1', '2']);
    });

    it('notices that a token starts to cool, or cools for less time', async () => {
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      on.cache.put(one('a', { coolingUntil: on.clock.now() + 20_000, version: 2 }));
      await release('1');
      expect(served()).toEqual(['1']);
      on.cache.put(one('a', { coolingUntil: on.clock.now() + 500, version: 3 }));
      await on.clock.advance(500);
      expect(served()).toEqual(['1', '2']);
    });

    it('goes on while all tokens are disabled, and ends when one is enabled', async () => {
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      on.cache.put(one('a', { enabled: false, version: 2 }));
      await release('1');
      await on.clock.advance(120_000);
      expect(served()).toEqual(['1']);
      on.cache.put(one('a', { version: 3 }));
      await settle();
      expect(served()).toEqual(['1', '2']);
    });

    it('waits by force where nothing can serve yet, until a token is added', async () => {
      await open();
      const ticket = enter('restored', {}, { force: true });
      await settle();
      expect(ticket.position()).toBe(1);
      on.cache.put(one('new'));
      await settle();
      expect(served()).toEqual(['restored']);
    });

    it('survives that the word of a release is lost', async () => {
      on.store.onChange = () => () => undefined;
      await open(one('a'));
      enter('1');
      enter('2');
      await settle();
      await release('1');
      expect(served()).toEqual(['1']);
      await on.clock.advance(30_000);
      expect(served()).toEqual(['1', '2']);
    });

    it('goes on while the lease store fails, and loses nothing', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await open(one('a'), one('b'));
      on.store.failure = new Error('connection lost');
      enter('1');
      enter('2');
      await on.clock.advance(2_500);
      expect(warn.mock.calls.map(([message]: unknown[]) => message)).toEqual(
        Array(3).fill('Leases cannot be taken: Error: connection lost Trying again in 1000 ms.'),
      );
      on.store.failure = null;
      await on.clock.advance(500);
      expect(served()).toEqual(['1', '2']);
    });

    it('is reported with its length', async () => {
      await open(one('a'));
      enter('1');
      await settle();
      enter('2');
      enter('3').cancel();
      await on.clock.advance(1_500);
      expect(on.queue.stats()).toMatchObject({ waiting: 1, lanes: 1, oldestWaitMs: 1_500 });
      await release('1');
      expect(on.waits.map(({ resource, waitedMs, outcome }) => [resource, waitedMs, outcome])).toEqual([
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
        await on.clock.advance(2_000);
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
        await on.clock.advance(3_000);
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
      for (const id of ['a', 'b', 'c']) await on.balancer.adopt(`on ${id}`, id, 'video');
      for (let index = 0; index < MANY; index++) {
        enter(`bound ${index}`, { tokenId: 'a' }, { force: true });
        enter(`failed ${index}`, { excluded: new Set(['b', 'c']) }, { force: true });
      }
      const last = enter('last', {}, { force: true });
      await settle();
      const asked = vi.spyOn(on.balancer, 'acquire');
      await on.balancer.adopt('b again', 'b', 'image');
      await on.store.release({ holder: 'on b', tokenId: 'b', kind: 'video', group: null, provider: null });
      await settle();
      expect(served()).toEqual(['last']);
      expect(asked.mock.calls.length).toBe(1);
      expect(last.position()).toBeNull();
    });
  });
});
