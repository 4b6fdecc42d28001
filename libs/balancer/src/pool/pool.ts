import type { PooledToken } from 'penstock/token-cache';

import type { LeaseRequest } from '../lease.js';
import type { BalancingStrategy } from '../ports/balancing-strategy.js';
import type { Seat } from './branch.js';
import type { Filling } from './filling.js';
import type { GatedBranch } from './gated-branch.js';
import type { PoolEntry } from './pool-entry.js';
import { RootBranch } from './root-branch.js';

/** Requests with the same key are about the same tokens, those that each of them excludes apart. */
export function poolKeyOf({ kind, providers, tokenId }: LeaseRequest): string {
  return JSON.stringify([kind, providersKeyOf(providers), tokenId]);
}

/** Names a set of providers. */
export function providersKeyOf(providers: readonly string[]): string {
  const [first] = providers;
  if (providers.length === 1 && first !== undefined) return first;
  return JSON.stringify([...new Set(providers)].sort());
}

/** What a {@link Pool} is about. */
export interface PoolOptions {
  /** As {@link poolKeyOf} has it. */
  readonly key: string;
  readonly kind: string;
  /** Each once. */
  readonly providers: readonly string[];
  /** The only token; `null` for all of the providers. */
  readonly tokenId: string | null;
  readonly strategy: BalancingStrategy;
  /** A token became ready. Not called during a {@link Pool.without}. */
  readonly onReady: (key: string) => void;
}

/** The tokens that requests of one sort are about, with those at hand that are ready. */
export class Pool {
  readonly key: string;
  readonly kind: string;
  readonly strategy: BalancingStrategy;
  readonly tokenId: string | null;
  readonly root: RootBranch;
  /** Branches below the root by what they share. */
  readonly branches = new Map<string, GatedBranch>();
  /** Tokens that can serve now or by waiting alone. */
  servable = 0;
  /** Whether somebody wants to hear of it; one that is bound to a token is kept only then. */
  watched = false;
  readonly providers: readonly string[];
  readonly #tell: () => void;
  #filling: Filling | undefined;
  #quiet = false;

  constructor({ key, kind, providers, tokenId, strategy, onReady }: PoolOptions) {
    this.key = key;
    this.kind = kind;
    this.strategy = strategy;
    this.tokenId = tokenId;
    this.providers = providers;
    this.#tell = () => {
      if (!this.#quiet) onReady(key);
    };
    this.root = new RootBranch(strategy, this.#tell);
  }

  /**
   * What it is still to take in; until then it offers what it has, but no tokens of weight 0, as there may be others.
   * `undefined` once it is whole.
   */
  get filling(): Filling | undefined {
    return this.#filling;
  }

  beginFilling(filling: Filling): void {
    this.#filling = filling;
  }

  endFilling(): void {
    this.#filling = undefined;
    // What was held back until now may be wanted.
    if (this.peek() !== undefined) this.#tell();
  }

  covers(token: PooledToken): boolean {
    return this.providers.includes(token.provider) && (this.tokenId ?? token.id) === token.id;
  }

  /** It is not needed any more. */
  close(): void {
    for (const branch of this.branches.values()) branch.close();
  }

  /** The ready token that is next. */
  peek(): PoolEntry | undefined {
    return this.#best()?.leaf;
  }

  /** The same, which counts as used from here on. */
  take(): PoolEntry | undefined {
    const seat = this.#best();
    if (seat === undefined) return undefined;
    const { leaf } = seat;
    this.root.take(seat);
    return leaf;
  }

  /** Up to `most` ready tokens, in no particular order. */
  ready(most: number): readonly PoolEntry[] {
    const found: PoolEntry[] = [];
    this.#quietly(() => {
      for (let entry = this.peek(); entry !== undefined && found.length < most; entry = this.peek()) {
        entry.show(false);
        found.push(entry);
      }
      for (const entry of found) entry.show(true);
    });
    return found;
  }

  /** Runs `work` as if these tokens were not ready. */
  without<T>(entries: readonly PoolEntry[], work: () => T): T {
    return this.#quietly(() => {
      const hidden = entries.filter(({ ready }) => ready);
      for (const entry of hidden) entry.show(false);
      try {
        return work();
      } finally {
        for (const entry of hidden) entry.show(true);
      }
    });
  }

  #best(): Seat | undefined {
    const seat = this.root.peek();
    return seat?.reserve === true && this.#filling !== undefined ? undefined : seat;
  }

  #quietly<T>(work: () => T): T {
    this.#quiet = true;
    try {
      return work();
    } finally {
      this.#quiet = false;
    }
  }
}
