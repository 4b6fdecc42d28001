import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Principal } from '../auth/index.js';
import type { StoredReference } from './generation.entity.js';
import { aRequest } from './testing/a-request.js';
import { OWNER, TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

const KEYED = aRequest({ idempotencyKey: 'once' });

describe('GenerationCreation', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world, { maxWaiting: 3 });
  });
  afterEach(() => world.end());

  const create = (request = KEYED, principal = OWNER) => engine.creation.create(request, principal);
  const file = (content = 'png'): Promise<StoredReference> =>
    engine.files.save(Readable.from([Buffer.from(content)]), {
      filename: 'a.png',
      contentType: 'image/png',
    });
  const files = (): Promise<string[]> => readdir(join(world.dataDir, 'inputs'));
  const leftOver = () => [
    engine.balancer.stats().inFlight,
    engine.queue.stats().waiting,
    engine.room.waiting().length,
  ];

  it('answers with a row that is durable and goes on by itself', async () => {
    const { generation, replayed } = await create(aRequest());
    expect(replayed).toBe(false);
    expect(await world.rows()).toMatchObject([{ id: generation.id, ownerId: OWNER.keyId }]);
    await engine.pass(10_000);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'completed' });
  });

  it('reads nothing from the database before its insert', async () => {
    const reads: string[] = [];
    const read = engine.pool.read.bind(engine.pool);
    engine.pool.read = (...args) => {
      reads.push('read');
      return read(...args);
    };
    await create();
    expect(reads).toEqual([]);
  });

  describe('under an idempotency key', () => {
    it('gives the same generation again, as it stands', async () => {
      const { generation } = await create();
      await engine.pass(10_000);
      expect(await create()).toMatchObject({
        replayed: true,
        generation: { id: generation.id, status: 'completed' },
      });
      expect(world.upstream.jobs).toHaveLength(1);
      expect(leftOver()).toEqual([0, 0, 0]);
    });

    it('gives it also when no new one would be let in', async () => {
      const { generation } = await create();
      await engine.settled();
      for (let n = 0; n < 3; n += 1) await create(aRequest());
      await expect(create(aRequest())).rejects.toMatchObject({ code: 'queue_full' });
      expect((await create()).generation.id).toBe(generation.id);
    });

    it('refuses another request', async () => {
      const { generation } = await create();
      await expect(create({ ...KEYED, prompt: 'a dog' })).rejects.toMatchObject({
        code: 'idempotency_conflict',
        field: 'Idempotency-Key',
        message: `Idempotency-Key "once" was used for another request (${generation.id}). Use a new key for a new request.`,
      });
    });

    it('keeps the keys of owners apart', async () => {
      const [one, two] = [await create(), await create(KEYED, { ...OWNER, keyId: 'key_2' })];
      expect(two).toMatchObject({ replayed: false });
      expect(one.generation.id).not.toBe(two.generation.id);
    });

    it('makes one of many at once, whatever else they are', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uuid(),
          fc.array(fc.constantFrom('a cat', 'a dog'), { minLength: 2, maxLength: 4 }),
          async (idempotencyKey, prompts) => {
            await engine.pass(20_000, 1_000);
            const before = (await world.rows()).length;
            const answers = await Promise.allSettled(
              prompts.map((prompt) => create(aRequest({ idempotencyKey, prompt }))),
            );
            const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
            expect(new Set(made.map(({ generation }) => generation.id)).size).toBe(1);
            expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
            expect(await world.rows()).toHaveLength(before + 1);
            for (const answer of answers) {
              if (answer.status === 'rejected')
                expect(answer.reason).toMatchObject({ code: 'idempotency_conflict' });
            }
          },
        ),
        { numRuns: 15 },
      );
      await engine.pass(20_000, 1_000);
      expect(leftOver()).toEqual([0, 0, 0]);
    });

    it('keeps the file of the first request only', async () => {
      const first = await file();
      await create({ ...KEYED, reference: first });
      world.upstream.plans.push([1, 1, 1]);
      expect(await create({ ...KEYED, reference: await file() })).toMatchObject({ replayed: true });
      await expect(create({ ...KEYED, reference: await file('other') })).rejects.toThrow('another request');
      expect(await files()).toEqual([first.type === 'file' ? first.path : '']);
    });
  });

  it('leaves nothing when the database refuses', async () => {
    engine.pool.refusals = 1;
    await expect(create(aRequest({ reference: await file() }))).rejects.toThrow('SQLITE_FULL');
    await engine.settled();
    expect([await world.rows(), await files(), ...leftOver()]).toEqual([[], [], 0, 0, 0]);
  });

  it('leaves nothing when no token could ever serve it', async () => {
    const reference = await file();
    await expect(create(aRequest({ reference, provider: 'other' }))).rejects.toMatchObject({
      code: 'no_usable_token',
    });
    expect([await world.rows(), await files(), ...leftOver()]).toEqual([[], [], 0, 0, 0]);
  });

  describe('with a priority', () => {
    const may = (priority: Principal['priority'], ...scopes: Principal['scopes']): Principal => ({
      ...OWNER,
      priority,
      scopes,
    });

    it('takes the one that is asked for, and else that of the key', async () => {
      const key = may({ default: 'low', max: 'high' });
      const made = [await create(aRequest(), key), await create(aRequest({ priority: 'high' }), key)];
      expect(made.map(({ generation }) => generation.priority)).toEqual(['low', 'high']);
      expect((await world.rows()).map(({ priority }) => priority).sort()).toEqual(['high', 'low']);
    });

    it('refuses more than the key may ask for, and leaves nothing', async () => {
      const reference = await file();
      await expect(create(aRequest({ reference, priority: 'high' }))).rejects.toMatchObject({
        code: 'priority_not_allowed',
        category: 'forbidden',
        field: 'priority',
        message:
          'priority: got "high", but this API key may ask for "normal" at most. Ask for less, or have an operator ' +
          'raise "priority.max" of the key.',
      });
      expect([await world.rows(), await files(), ...leftOver()]).toEqual([[], [], 0, 0, 0]);
    });

    it('takes any from an admin key', async () => {
      const { generation } = await create(aRequest({ priority: 'high' }), may(OWNER.priority, 'admin'));
      expect(generation.priority).toBe('high');
    });

    it('is another request under an idempotency key only where the request names another', async () => {
      const { generation } = await create(KEYED, may({ default: 'low', max: 'high' }));
      expect(await create(KEYED, may({ default: 'high', max: 'high' }))).toMatchObject({
        replayed: true,
        generation: { id: generation.id, priority: 'low' },
      });
      await expect(create({ ...KEYED, priority: 'normal' })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      });
    });
  });

  it('holds though a listener to changes is broken', async () => {
    engine.emitter.on('generation.changed', () => {
      throw new Error('a plugin of somebody');
    });
    const { generation } = await create();
    await engine.pass(10_000);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'completed' });
  });
});
