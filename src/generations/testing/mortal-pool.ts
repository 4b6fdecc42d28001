import { AsyncLocalStorage } from 'node:async_hooks';

import { DatabasePool, type TransactionOptions, type WorkOptions } from 'penstock/database';
import type { EntityManager } from 'typeorm';

type Work<T> = (manager: EntityManager) => Promise<T>;

const never = (): Promise<never> => new Promise(() => undefined);

/**
 * The database as one process sees it: after its death nothing more is begun, and nobody hears how what was under way
 * ended. It can also refuse, as a full disk does.
 */
export class MortalPool extends DatabasePool {
  /** How many of the next writes are refused. */
  refusals = 0;
  /** Calls under way. */
  underWay = 0;
  /** Tells what is called by a call. */
  readonly #caller = new AsyncLocalStorage<object>();
  #isDead = false;

  kill(): void {
    this.#isDead = true;
  }

  override read<T>(work: Work<T>, options?: WorkOptions): Promise<T> {
    return this.#run(() => super.read(this.#whileAlive(work), options));
  }

  override write<T>(work: Work<T>, options?: WorkOptions): Promise<T> {
    return this.#run(() => this.#unlessFull() ?? super.write(this.#whileAlive(work), options));
  }

  override transaction<T>(work: Work<T>, options?: TransactionOptions): Promise<T> {
    return this.#run(() => this.#unlessFull() ?? super.transaction(this.#whileAlive(work), options));
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#hasDied()) return this.#refuse();
    this.underWay += 1;
    try {
      const result = await this.#caller.run(this, call);
      if (!this.#hasDied()) return result;
    } catch (error) {
      if (!this.#hasDied()) throw error;
    } finally {
      this.underWay -= 1;
    }
    return never();
  }

  /** What was under way is rolled back, such as the group that a transaction waits for; the others hear nothing. */
  #refuse(): Promise<never> {
    return this.#caller.getStore() === undefined
      ? never()
      : Promise.reject(new Error('The process is dead.'));
  }

  #hasDied(): boolean {
    return this.#isDead;
  }

  #unlessFull(): Promise<never> | undefined {
    if (this.refusals === 0) return undefined;
    this.refusals -= 1;
    return Promise.reject(new Error('SQLITE_FULL: database or disk is full'));
  }

  /** What waited for a connection when the process died is rolled back. */
  #whileAlive<T>(work: Work<T>): Work<T> {
    return async (manager) => {
      if (this.#hasDied()) return this.#refuse();
      return work(manager);
    };
  }
}
