import { setImmediate } from 'node:timers/promises';

import { STANDARD_PRIORITY, type Principal } from '../../auth/index.js';
import type { Generation } from '../generation.entity.js';
import type { NewGeneration } from '../generation.factory.js';
import { aRequest } from './a-request.js';
import type { EngineOptions } from './engine-options.js';
import { EngineParts } from './engine-parts.js';
import type { TestWorld } from './test-world.js';

/** The key that asks in tests. */
export const OWNER: Principal = {
  keyId: 'key_1',
  label: 'owner',
  scopes: ['generate', 'read'],
  priority: STANDARD_PRIORITY,
};

const SWEEP_MS = 5_000;

/** One process with the real engine. It can be killed at any moment. */
export class TestEngine extends EngineParts {
  #isStopped = false;

  /** Starts a process: tokens are loaded, and what the last one left is taken up. */
  static async start(world: TestWorld, options: EngineOptions = {}): Promise<TestEngine> {
    const engine = new TestEngine(world, options);
    await engine.cache.refresh();
    await engine.recovery.onApplicationBootstrap();
    engine.#sweep();
    return engine;
  }

  /** Asks for a generation; resolves when it is durable. */
  async create(changes: Partial<NewGeneration> = {}): Promise<Generation> {
    return (await this.creation.create(aRequest(changes), OWNER)).generation;
  }

  /** The generation as a client sees it. */
  read(id: string): Promise<Generation> {
    return this.generations.get(id, OWNER);
  }

  /** Waits until the database is done and nothing happens without the passing of time. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 4;) {
      await setImmediate();
      quiet = this.pool.underWay === 0 ? quiet + 1 : 0;
    }
  }

  /** Lets time pass in steps, each followed by all that it brings about. */
  async pass(ms: number, stepMs = 250): Promise<void> {
    await this.settled();
    for (let left = ms; left > 0; left -= stepMs) {
      await this.world.clock.advance(Math.min(left, stepMs));
      await this.settled();
    }
  }

  /** Lets time pass until the promise has settled, at most two minutes of it. */
  async passUntil<T>(promise: Promise<T>): Promise<T> {
    const over = new AbortController();
    const finish = (): void => {
      over.abort();
    };
    promise.then(finish, finish);
    await this.settled();
    for (let left = 120_000; left > 0 && !over.signal.aborted; left -= 250) await this.pass(250);
    return promise;
  }

  /** Ends the process as `kill -9` does: what it had begun of a transaction may still be committed. */
  kill(): void {
    this.#isStopped = true;
    this.pool.kill();
    this.clock.kill();
  }

  /** Ends the process in the order of Nest's hooks, and hands over what is left of it. */
  async stop(): Promise<void> {
    this.cache.onModuleDestroy();
    await this.passUntil(Promise.all([this.scheduler.stop(), this.queue.onModuleDestroy()]));
    const { room, dispatcher, persistence, reconciler, generations, store, buffers } = this;
    const hooks = [room, dispatcher, persistence, reconciler, generations, store];
    await this.passUntil(Promise.all(hooks.map(async (part) => part.beforeApplicationShutdown())));
    await this.passUntil(buffers.beforeApplicationShutdown());
    this.#isStopped = true;
    this.bounded.onApplicationShutdown();
    await this.pass(2_000);
  }

  /** Nest's scheduler is not part of it. */
  #sweep(): void {
    if (this.#isStopped) return;
    this.world.clock.setTimer(() => {
      if (this.#isStopped) return;
      void this.queueTimeout.sweep();
      this.#sweep();
    }, SWEEP_MS);
  }
}
