import { Logger } from '@nestjs/common';
import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it, vi } from 'vitest';

import { one, QueueBench } from '../../testing/queue-bench.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('AdmissionQueue', () => {
  const on = new QueueBench();
  const { open, enter, settle, release, served } = on;

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
      const releasing = on.granted.get('1')?.release();
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

    it('gives those back their turn who had it before', async () => {
      await open(one('a'));
      const { asked } = enter('1');
      const second = enter('2');
      await settle();
      enter('3');
      enter('failover of 1', { excluded: new Set(['x']) }, { force: true, asked });
      enter('failover of 2', {}, { force: true, asked: second.asked });
      for (const holder of ['1', 'failover of 1', '2', 'failover of 2', '3']) await release(holder);
      expect(served()).toEqual(['1', 'failover of 1', '2', 'failover of 2', '3']);
    });

    it('serves as many as a changed token has room for', async () => {
      await open(one('a'));
      for (const holder of ['1', '2', '3', '4']) enter(holder);
      await settle();
      on.cache.put(aToken({ id: 'a', limits: { video: 3 }, version: 2 }));
      await settle();
      expect(served()).toEqual(['1', '2', '3']);
    });
  });

  describe('refusals', () => {
    it('tells at once when no token can ever serve', async () => {
      await open(one('a', { enabled: false }), one('b', { expiresAt: on.clock.now() }));
      expect(() => enter('1')).toThrow(
        expect.objectContaining({
          code: 'no_usable_token',
          message: 'No token can serve acme-1: 1 disabled, 1 expired.',
        }),
      );
      expect(on.queue.stats().waiting).toBe(0);
    });

    it('lets in so many, and more only by force', async () => {
      await open(one('a'));
      enter('running');
      await settle();
      for (const holder of ['1', '2', '3', '4', '5']) enter(holder);
      expect(() => enter('6')).toThrow(expect.objectContaining({ code: 'queue_full', retryAfterMs: 700 }));
      enter('restored', {}, { force: true });
      expect(on.queue.stats().waiting).toBe(6);
      await release('running');
      expect(() => enter('6')).toThrow(expect.objectContaining({ code: 'queue_full' }));
      await release('1');
      expect(enter('6').position()).toBe(5);
    });

    it('refuses a holder that has a lease already, and serves the next', async () => {
      await open(aToken());
      await on.balancer.adopt('1', 'token-1', 'video');
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
      await on.queue.onModuleDestroy();
      await expect(waiting.lease).rejects.toMatchObject({ code: 'shutting_down' });
      expect(() => enter('3')).toThrow(expect.objectContaining({ code: 'shutting_down' }));
      await release('1');
      expect(on.store.size).toBe(0);
    });

    it('gives back a lease that is on its way when the process ends', async () => {
      on.store = on.storeThat(turn);
      await open(one('a'));
      const ticket = enter('1');
      await on.queue.onModuleDestroy();
      await expect(ticket.lease).rejects.toMatchObject({ code: 'shutting_down' });
      expect(on.store.size).toBe(0);
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
      on.store = on.storeThat(turn);
      await open(one('a'));
      const first = enter('1');
      enter('2');
      expect(first.cancel()).toBe(true);
      await expect(first.lease).rejects.toMatchObject({ code: 'admission_cancelled' });
      for (let round = 0; round < 20; round++) await turn();
      expect(served()).toEqual(['2']);
      expect(on.store.size).toBe(1);
    });

    it('says so when a lease that nobody wants cannot be released', async () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
      on.store = on.storeThat(turn);
      on.store.release = () => Promise.reject(new Error('connection lost'));
      await open(one('a'));
      enter('1').cancel();
      for (let round = 0; round < 5; round++) await turn();
      expect(error.mock.calls[0]?.[0]).toBe('The lease of 1 on a could not be released.');
    });
  });
});
