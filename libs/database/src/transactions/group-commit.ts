import { AsyncResource } from 'node:async_hooks';

/** Most members of one group: what bounds how long the first of them waits for the last. */
const LARGEST_GROUP = 64;

/** How a group is committed. `Connection` is what a member's work is given. */
export interface GroupCommitParts<Connection> {
  /** Runs work in a transaction of its own. */
  readonly transaction: (work: (connection: Connection) => Promise<void>, durable: boolean) => Promise<void>;
  /** Runs work in a savepoint of the transaction that is open: used once work of a group has failed. */
  readonly savepoint: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** Begins a member's wait for the groups before it, in the member's async context. @returns ends it @defaultValue not told */
  readonly beginWait?: () => EndWait;
  /** The same for the commit, of a member that has done its work and does not commit itself. @defaultValue not told */
  readonly beginCommitWait?: () => EndWait;
  /** Whether an error of one member undoes the whole group, as a lost conflict does. @defaultValue of none */
  readonly isForAll?: (error: unknown) => boolean;
}

/** How the members of a group are run: `together`, one that fails undoes them all. */
type Manner = 'together' | 'apart';

/** Ends a wait, and says how. */
type EndWait = (outcome: 'acquired' | 'aborted') => void;

interface Member<Connection> {
  readonly durable: boolean;
  /** Calls back in the async context of the caller. */
  lead(commit: () => Promise<void>): Promise<void>;
  /** Ends its wait: of one that leads when its group begins, of the others when the group can work. */
  readonly endWait: EndWait;
  /** It has worked, and somebody else commits. */
  awaitCommit(): void;
  /** Does the work, and rejects when the group has to be rolled back. */
  run(connection: Connection, manner: Manner): Promise<void>;
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
 * A savepoint for each member would be two more statements for each, where hardly any fails. So a group is run without
 * them, and when a member fails it is rolled back and run again with them.
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
    let endCommitWait: EndWait | undefined;
    const context = new AsyncResource('GroupMember');
    return {
      durable,
      lead: (commit) => context.runInAsyncScope(commit),
      endWait: (this.#isRunning ? this.parts.beginWait?.() : undefined) ?? (() => undefined),
      awaitCommit: () => {
        endCommitWait ??= context.runInAsyncScope(() => this.parts.beginCommitWait?.());
      },
      run: async (connection, manner) => {
        try {
          const result = await (manner === 'together' ? work(connection) : this.parts.savepoint(work));
          settle = () => {
            caller.resolve(result);
          };
        } catch (error) {
          settle = () => {
            caller.reject(error);
          };
          if (manner === 'together' || this.#isForAll(error)) throw error;
        }
      },
      settle: () => {
        endCommitWait?.('acquired');
        settle();
      },
      fail: (error) => {
        endCommitWait?.('aborted');
        caller.reject(error);
      },
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
    group[0]?.endWait('acquired');
    const waiting = new Set(group.slice(1));
    const endWaits = (outcome: 'acquired' | 'aborted'): void => {
      for (const member of waiting) member.endWait(outcome);
      waiting.clear();
    };
    const begun = (): void => {
      endWaits('acquired');
    };
    try {
      if (!(await this.#together(group, begun))) await this.#transaction(group, 'apart', begun);
      for (const member of group) member.settle();
    } catch (error) {
      endWaits('aborted');
      for (const member of group) member.fail(error);
    }
  }

  /** @returns whether it is committed: not where one of several members failed, which undid it */
  async #together(group: readonly Member<Connection>[], begun: () => void): Promise<boolean> {
    let failure: { readonly error: unknown } | undefined;
    const failed = (error: unknown): void => {
      failure = group.length === 1 || this.#isForAll(error) ? undefined : { error };
    };
    try {
      await this.#transaction(group, 'together', begun, failed);
      return true;
    } catch (error) {
      if (failure === undefined) throw error;
      return false;
    }
  }

  #transaction(
    group: readonly Member<Connection>[],
    manner: Manner,
    begun: () => void,
    failed: (error: unknown) => void = () => undefined,
  ): Promise<void> {
    const durable = group.some((member) => member.durable);
    return this.parts.transaction(async (connection) => {
      begun();
      for (const member of group) {
        await member.run(connection, manner).catch((error: unknown) => {
          failed(error);
          throw error;
        });
        if (member !== group[0]) member.awaitCommit();
      }
    }, durable);
  }

  #isForAll(error: unknown): boolean {
    return this.parts.isForAll?.(error) === true;
  }
}
