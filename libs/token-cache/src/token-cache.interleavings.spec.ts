import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aToken, FakeTokenSource } from '../testing/index.js';
import type { PooledToken } from './pooled-token.js';
import { TokenCache } from './token-cache.js';

const id = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'delete', 'write by another process', 'write, put later'), id }),
  fc.record({ do: fc.constantFrom('refresh', 'answer', 'put late', 'fail', 'recover'), id: fc.constant('') }),
);

/** A cache whose source is changed by this process (which puts) and by others (which do not). */
class World {
  readonly source = new FakeTokenSource();
  readonly cache = new TokenCache(this.source, {}, new ManualClock());
  readonly #late: PooledToken[] = [];
  readonly #refreshes = new Set<Promise<void>>();
  #version = 0;

  async run(action: string, target: string): Promise<void> {
    if (action === 'write') this.cache.put(this.#write(target));
    else if (action === 'write by another process') this.#write(target);
    else if (action === 'write, put later') this.#late.push(this.#write(target));
    else if (action === 'put late') this.#putLate();
    else if (action === 'delete') this.#delete(target);
    else if (action === 'refresh') this.#refreshes.add(this.cache.refresh().catch(() => undefined));
    else if (action === 'answer') this.source.answerOldest();
    else this.source.failure = action === 'fail' ? new Error('planned') : null;
    await Promise.resolve();
  }

  /** Lets everything that is under way end, and refreshes once more. */
  async settle(): Promise<void> {
    while (this.#late.length > 0) this.#putLate();
    this.source.failure = null;
    this.source.holding = false;
    while (this.source.answerOldest());
    await Promise.all(this.#refreshes);
    await this.cache.refresh();
  }

  #write(target: string): PooledToken {
    const token = aToken({ id: target, version: ++this.#version });
    this.source.save(token);
    return token;
  }

  #delete(target: string): void {
    this.source.delete(target);
    this.cache.remove(target);
  }

  #putLate(): void {
    const token = this.#late.pop();
    if (token !== undefined) this.cache.put(token);
  }
}

describe('TokenCache under any interleaving', () => {
  it('shows this process its own writes at once, and equals the source after the next refresh', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        await world.cache.refresh();
        world.source.holding = true;
        for (const { do: action, id: target } of steps) {
          await world.run(action, target);
          if (action === 'write') expect(world.cache.get(target)).toEqual(world.source.rows.get(target));
          if (action === 'delete') expect(world.cache.get(target)).toBeUndefined();
        }
        await world.settle();
        expect(new Map(world.cache.snapshot().tokens)).toEqual(world.source.rows);
      }),
      { numRuns: 400 },
    );
  });

  it('never goes back to an older version of its own write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        await world.cache.refresh();
        world.source.holding = true;
        const written = new Map<string, number>();
        for (const { do: action, id: target } of steps) {
          await world.run(action, target);
          if (action === 'write') written.set(target, world.cache.get(target)?.version ?? NaN);
          if (action === 'delete') written.delete(target);
          for (const [of, version] of written) {
            expect(world.cache.get(of)?.version).toBeGreaterThanOrEqual(version);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
