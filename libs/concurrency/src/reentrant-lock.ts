import { Hold } from './hold.js';
import { Semaphore, type SemaphoreOptions } from './semaphore.js';

/** How a {@link ReentrantLock} is made. */
export type ReentrantLockOptions = Omit<SemaphoreOptions, 'permits'>;

/** How long a caller is ready to wait for a lock. */
export interface LockWait {
  /** In milliseconds. @defaultValue no limit */
  readonly timeoutMs?: number;
  /** Ends the wait, not the task. */
  readonly signal?: AbortSignal;
}

/**
 * A lock for asynchronous code that its owner may take again. The owner is the async context of the task: whatever the
 * task awaits or calls. Others wait, first come, first served.
 *
 * - Parallel branches of a task that both take the lock again exclude one another; the task itself goes on beside them.
 * - The lock is free when the task and all that took it again within it have ended, in whichever order.
 * - What the task left behind (a timer, a promise that nobody awaits) is no owner any more once the task has ended.
 *
 * A branch that waits for another one behind it in the line waits forever, as with any lock; give a `timeoutMs` there.
 */
export class ReentrantLock {
  readonly #turns: Semaphore;

  constructor(private readonly options: ReentrantLockOptions) {
    this.#turns = this.#createTurns();
  }

  /** Whether somebody holds it, and how many outside of the owner wait. */
  stats(): { readonly held: boolean; readonly waiting: number } {
    const { active, waiting } = this.#turns.stats();
    return { held: active > 0, waiting };
  }

  /** Whether the caller may take it again without a wait for others. */
  get isMine(): boolean {
    return Hold.current(this) !== undefined;
  }

  /**
   * Runs `task` while holding the lock, and hands on its result or error.
   *
   * @throws ConcurrencyError `acquire_timeout` when `timeoutMs` passed, `acquire_aborted` when `signal` aborted. The task
   *   was not begun then.
   */
  async run<T>(task: () => Promise<T>, wait: LockWait = {}): Promise<T> {
    const outer = Hold.current(this);
    // From here on the outer task cannot give the lock away, even if it ends while this one waits.
    const leaveOuter = outer?.join();
    const turns = outer === undefined ? this.#turns : (outer.turns ??= this.#createTurns());
    const release = await turns.acquire(wait).catch((error: unknown) => {
      leaveOuter?.();
      throw error;
    });
    const hold = new Hold(this, () => {
      release();
      leaveOuter?.();
    });
    return hold.run(task);
  }

  #createTurns(): Semaphore {
    return new Semaphore({ ...this.options, permits: 1 });
  }
}
