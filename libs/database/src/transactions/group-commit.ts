import { AsyncResource } from 'node:async_hooks';

/** Most members of one group: what bounds how long the first of them waits for the last. */
const LARGEST_GROUP = 64;

/** How a group is committed. `Connection` is what a member's work is given. */
export interface GroupCommitParts<Connection> {
  /** Runs work in a transaction of its own. */
  readonly transaction: (work: (connection: Connection) => Promise<void>, durable: boolean) => Promise<void>;
  /** Runs work in a savepoint of the transaction that is open. */
  readonly savepoint: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** Begins a member's wait for the groups before it, in the member's async context. @returns ends it @defaultValue not told */
  readonly beginWait?: () => (outcome: 'acquired' | 'aborted') => void;
  /** Whether an error of one member undoes the whole group, as a lost conflict does. @defaultValue of none */
  readonly isForAll?: (error: unknown) => boolean;
}

interface Member<Connection> {
  readonly durable: boolean;
  /** Calls back in the async context of the caller. */
  lead(commit: () => Promise<void>): Promise<void>;
  /** Ends its wait: of one that leads when its group begins, of the others when the group can work. */
  endWait(outcome: 'acquired' | 'aborted'): void;
  /** Does the work; never rejects. */
  run(connection: Connection, isAlone: boolean): Promise<void>;
  /** Tells the caller, after the commit. */
  settle(): void;
  /** Tells the caller that nothing of the group was committed. */
  fail(error: unknown): void;
}

/**
 * Lets transactions that wait at the same time share one commit, whose wait for the disk is most of their cost. Members
 * run one after the other, first come, first served; one that fails undoes only its own part. The first of a group leads:
 * what the transaction itself does and waits for is done in its async context.
 *
 * Source: DeWitt et al. (1984), *Implementation techniques for main memory database systems* (group commit).
 */
export class GroupCommit<Connection> {
  #waiting: Member<Connection>[] = [];
  #isRunning = false;
  /** Runs in no caller's async context, since it goes on for others. */
  readonly #start: () => void;

  constructor(private readonly parts: GroupCommitParts<Connection>) {
    this.#start = AsyncResource.bind(() => void this.#run());
  }

  /** Resolves or rejects as `work` did, once the group is committed; rejects when the commit fails. */
  add<T>(work: (connection: Connection) => Promise<T>, durable: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(this.#memberOf(work, durable, { resolve, reject }));
      if (!this.#isRunning) this.#start();
    });
  }

  #memberOf<T>(
    work: (connection: Connection) => Promise<T>,
    durable: boolean,
    caller: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void },
  ): Member<Connection> {
    let settle = (): void => undefined;
    return {
      durable,
      lead: AsyncResource.bind((commit: () => Promise<void>) => commit()),
      endWait: (this.#isRunning ? this.parts.beginWait?.() : undefined) ?? (() => undefined),
      run: async (connection, isAlone) => {
        try {
          const result = await (isAlone ? work(connection) : this.parts.savepoint(work));
          settle = () => {
            caller.resolve(result);
          };
        } catch (error) {
          settle = () => {
            caller.reject(error);
          };
          if (isAlone || this.parts.isForAll?.(error) === true) throw error;
        }
      },
      settle: () => {
        settle();
      },
      fail: caller.reject,
    };
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, LARGEST_GROUP);
      await group[0]?.lead(() => this.#commit(group));
    }
    this.#isRunning = false;
  }

  async #commit(group: readonly Member<Connection>[]): Promise<void> {
    const durable = group.some((member) => member.durable);
    group[0]?.endWait('acquired');
    const waiting = new Set(group.slice(1));
    const endWaits = (outcome: 'acquired' | 'aborted'): void => {
      for (const member of waiting) member.endWait(outcome);
      waiting.clear();
    };
    try {
      await this.parts.transaction(async (connection) => {
        endWaits('acquired');
        for (const member of group) await member.run(connection, group.length === 1);
      }, durable);
      for (const member of group) member.settle();
    } catch (error) {
      endWaits('aborted');
      for (const member of group) member.fail(error);
    }
  }
}
