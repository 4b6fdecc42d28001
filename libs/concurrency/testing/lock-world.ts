import { AsyncResource } from 'node:async_hooks';

import { assertNever } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';

import { ConcurrencyError } from '../src/concurrency.errors.js';
import { ReentrantLock } from '../src/reentrant-lock.js';
import { LockModel, type ModelState } from './lock-model.js';

/** One step that happens to a lock. `task` is one of those that there are, counted around. */
export type LockStep =
  | { readonly do: 'enter'; readonly timeoutMs: number }
  | { readonly do: 'enterWithin'; readonly task: number; readonly timeoutMs: number }
  | { readonly do: 'finish'; readonly task: number; readonly fails: boolean }
  | { readonly do: 'cancel'; readonly task: number }
  | { readonly do: 'advance'; readonly ms: number };

/** What can be seen from outside: what a caller was told, and whether its task runs. */
export type Seen = 'waiting' | 'running' | 'ended' | 'failed' | 'timeout' | 'aborted';

interface Actor {
  seen: Seen;
  /** Its async context, once it ran. */
  context: AsyncResource | undefined;
  finish: (fails: boolean) => void;
  readonly cancel: AbortController;
}

/** A real lock and its model, to which the same happens. */
export class LockWorld {
  readonly #clock = new ManualClock();
  readonly #lock = new ReentrantLock({ name: 'model', clock: this.#clock });
  readonly #model = new LockModel();
  readonly #actors: Actor[] = [];
  readonly #begun: number[] = [];

  async apply(step: LockStep): Promise<void> {
    if (step.do === 'enter') this.#enter(undefined, step.timeoutMs);
    else if (step.do === 'advance') await this.#advance(step.ms);
    else if (this.#actors.length > 0) this.#happenTo(step.task % this.#actors.length, step);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #advance(ms: number): Promise<void> {
    this.#model.advance(ms);
    await this.#clock.advance(ms);
  }

  #happenTo(id: number, step: Extract<LockStep, { readonly task: number }>): void {
    const actor = this.#actors[id];
    switch (step.do) {
      case 'enterWithin':
        if (actor?.context !== undefined) this.#enter(id, step.timeoutMs);
        break;
      case 'finish':
        this.#model.finish(id, step.fails);
        actor?.finish(step.fails);
        break;
      case 'cancel':
        this.#model.cancel(id);
        actor?.cancel.abort();
        break;
      default:
        assertNever(step);
    }
  }

  async finishAll(): Promise<void> {
    for (let round = 0; round <= this.#actors.length; round++) {
      for (const task of this.#actors.keys()) await this.apply({ do: 'finish', task, fails: false });
    }
  }

  seen(): { readonly tasks: readonly Seen[]; readonly begun: readonly number[] } {
    return { tasks: this.#actors.map(({ seen }) => seen), begun: this.#begun };
  }

  expected(): { readonly tasks: readonly Seen[]; readonly begun: readonly number[] } {
    return {
      tasks: this.#model.tasks.map(({ state, fails }) => seenOf(state, fails.value)),
      begun: this.#model.begun,
    };
  }

  /** Whether nothing is left: no hold, no waiter, no timer. */
  isQuiet(): boolean {
    const { held, waiting } = this.#lock.stats();
    return !held && waiting === 0 && this.#clock.pendingTimers === 0;
  }

  #enter(within: number | undefined, timeoutMs: number): void {
    const actor: Actor = {
      seen: 'waiting',
      context: undefined,
      finish: () => undefined,
      cancel: new AbortController(),
    };
    const id = this.#actors.push(actor) - 1;
    this.#model.enter(within, timeoutMs);
    const call = (): void => {
      const wait = { signal: actor.cancel.signal, ...(timeoutMs === 0 ? {} : { timeoutMs }) };
      void this.#lock
        .run(() => this.#body(id, actor), wait)
        .then(
          () => (actor.seen = 'ended'),
          (error: unknown) => (actor.seen = refusalOf(error)),
        );
    };
    const context = within === undefined ? undefined : this.#actors[within]?.context;
    if (context === undefined) call();
    else context.runInAsyncScope(call);
  }

  #body(id: number, actor: Actor): Promise<void> {
    this.#begun.push(id);
    actor.seen = 'running';
    actor.context = new AsyncResource('task');
    return new Promise((resolve, reject) => {
      actor.finish = (fails) => {
        if (fails) reject(new Error('The task failed.'));
        else resolve();
      };
    });
  }
}

/** A caller is answered when its task has ended, even if parts of it still hold the lock. */
function seenOf(state: ModelState, fails: boolean): Seen {
  if (state !== 'closing') return state;
  return fails ? 'failed' : 'ended';
}

function refusalOf(error: unknown): Seen {
  if (!(error instanceof ConcurrencyError)) return 'failed';
  return error.code === 'acquire_timeout' ? 'timeout' : 'aborted';
}
