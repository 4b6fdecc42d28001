import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Principal } from '../auth/index.js';
import { OWNER, TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

const STRANGER: Principal = { ...OWNER, keyId: 'key_2' };
const ADMIN: Principal = { ...OWNER, keyId: 'key_3', scopes: ['admin'] };

describe('GenerationsService', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const running = async (): Promise<string> => {
    world.upstream.plans.push([10, 20]);
    const { id } = await engine.create();
    await engine.settled();
    return id;
  };
  const finished = async (): Promise<string> => {
    const { id } = await engine.create();
    await engine.pass(10_000);
    return id;
  };

  describe('get', () => {
    it('shows a generation to its owner and to admins, and to nobody else', async () => {
      for (const id of [await finished(), await running()]) {
        expect((await engine.generations.get(id, OWNER)).id).toBe(id);
        expect((await engine.generations.get(id, ADMIN)).id).toBe(id);
        await expect(engine.generations.get(id, STRANGER)).rejects.toMatchObject({
          code: 'generation_not_found',
          category: 'not_found',
          message: `There is no generation "${id}" that this key may see.`,
        });
      }
    });

    it('reads what runs from memory', async () => {
      const id = await running();
      engine.pool.kill();
      expect(await engine.generations.get(id, OWNER)).toMatchObject({ status: 'in_progress' });
    });
  });

  describe('wait', () => {
    it('answers when it ends', async () => {
      const id = await running();
      const before = world.clock.monotonic();
      const waited = await engine.passUntil(engine.generations.wait(id, OWNER, 60_000));
      expect(waited).toMatchObject({ status: 'completed' });
      expect(world.clock.monotonic() - before).toBeLessThan(30_000);
    });

    it('answers when the time is up, with how it stands', async () => {
      const id = await running();
      const waiting = engine.generations.wait(id, OWNER, 6_000);
      await engine.pass(6_000);
      expect(await waiting).toMatchObject({ status: 'in_progress', progress: 10 });
    });

    it('answers at once without a wait, and when it is over', async () => {
      const [over, id] = [await finished(), await running()];
      const before = world.clock.pendingTimers;
      expect(await engine.generations.wait(id, OWNER, 0)).toMatchObject({ status: 'in_progress' });
      expect(await engine.generations.wait(over, OWNER, 60_000)).toMatchObject({ status: 'completed' });
      expect(world.clock.pendingTimers).toBe(before);
    });

    it('answers when it ends between the look and the wait', async () => {
      const id = await running();
      const waiting = engine.generations.wait(id, OWNER, 60_000);
      const ended = engine.settlement.settle(id, { status: 'cancelled' });
      expect(await waiting).toMatchObject({ status: 'cancelled' });
      await ended;
    });

    it('keeps nobody when the process ends', async () => {
      const id = await running();
      const waiting = engine.generations.wait(id, OWNER, 60_000);
      await engine.settled();
      engine.generations.beforeApplicationShutdown();
      expect(await waiting).toMatchObject({ status: 'in_progress' });
    });

    it('leaves no listener and no timer', async () => {
      const id = await running();
      const waits = [1, 2, 3].map(() => engine.generations.wait(id, OWNER, 60_000));
      await engine.settled();
      expect(engine.emitter.eventNames()).toHaveLength(1);
      await engine.passUntil(Promise.all(waits));
      expect(engine.emitter.eventNames()).toEqual([]);
      await engine.stop();
      expect(engine.clock.pendingTimers).toBe(0);
    });

    it('tells nothing to strangers', async () => {
      await expect(engine.generations.wait(await running(), STRANGER, 1_000)).rejects.toMatchObject({
        code: 'generation_not_found',
      });
    });
  });

  describe('remove', () => {
    it('forgets what is over, once and for all', async () => {
      const id = await finished();
      await engine.generations.remove(id, OWNER);
      await expect(engine.generations.get(id, OWNER)).rejects.toMatchObject({ code: 'generation_not_found' });
      await expect(engine.generations.remove(id, OWNER)).rejects.toMatchObject({
        code: 'generation_not_found',
      });
    });

    it('is done for both of two who ask at once', async () => {
      const id = await finished();
      const removals = [engine.generations.remove(id, OWNER), engine.generations.remove(id, ADMIN)];
      expect(await Promise.all(removals)).toEqual([undefined, undefined]);
    });

    it('refuses what is not over, and says what to do', async () => {
      const id = await running();
      await expect(engine.generations.remove(id, OWNER)).rejects.toMatchObject({
        code: 'not_finished',
        category: 'conflict',
        message: `${id} is in_progress. Cancel it, or wait for its end, before you delete it.`,
      });
    });
  });
});
