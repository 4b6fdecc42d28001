import type { Wait } from 'penstock/concurrency';

import { Intervals } from './intervals.js';

/** What kind of thing took its time. */
export type OperationKind = 'request' | 'method' | 'upstream' | 'query' | 'task' | 'wait';

/** What is timed. */
export interface OperationDescription {
  /** A name from the code, such as `upstream submit` or `GET /v1/videos/:id`, so that labels stay bounded. */
  readonly name: string;
  readonly kind: OperationKind;
  /** Over this it is slow, in milliseconds; `Infinity` for never. @defaultValue `slowOperationMs` */
  readonly slowAfterMs?: number | undefined;
  /** What it was about: ids, for reports. */
  readonly ids?: Readonly<Record<string, string>> | undefined;
}

/** What an operation waited for, in sum. */
export interface WaitedFor {
  readonly resource: string;
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** Who held it in the longest of these waits, where that is known. */
  readonly holder: string | null;
}

/** Resources of one operation that are told apart; what comes after them is not. */
const MOST_RESOURCES = 20;

/** An operation that runs, and what it waited for so far. */
export class Operation {
  /** Most operations wait for nothing and have no part that is slow, so that these are made once they are needed. */
  #waits: Map<string, WaitedFor> | undefined;
  #reported: Intervals | undefined;
  #ended = false;

  constructor(
    readonly description: OperationDescription,
    readonly startedAt: number,
    readonly parent: Operation | undefined,
  ) {}

  /** The operations around this one that still run, the innermost first; itself not among them. */
  around(): Operation[] {
    const outer: Operation[] = [];
    for (let each = this.parent; each !== undefined; each = each.parent) if (!each.#ended) outer.push(each);
    return outer;
  }

  /** Adds a wait to this operation and to all around it. */
  waited(wait: Wait): void {
    for (const each of [this, ...this.around()]) each.#note(wait);
  }

  /** A part of it was reported by itself: what is slow about it has its culprit. */
  partReported(from: number, to: number): void {
    for (const each of [this, ...this.around()]) (each.#reported ??= new Intervals()).add(from, to);
  }

  /** Ends it. @returns how long it took, without the parts that were reported by themselves */
  end(now: number): number {
    this.#ended = true;
    return now - this.startedAt - (this.#reported?.total() ?? 0);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The longest in sum first. */
  waits(): WaitedFor[] {
    return [...(this.#waits?.values() ?? [])].sort((one, other) => other.totalMs - one.totalMs);
  }

  /** Its ids and those of the operations around it. */
  ids(): Readonly<Record<string, string>> {
    const chain = [this, ...this.around()].reverse();
    return Object.assign({}, ...chain.map(({ description }) => description.ids)) as Record<string, string>;
  }

  #note({ resource, waitedMs, holder }: Wait): void {
    const waits = (this.#waits ??= new Map<string, WaitedFor>());
    const before = waits.get(resource) ?? { resource, ...NO_WAIT };
    if (before.count === 0 && waits.size >= MOST_RESOURCES) return;
    const sum = { resource, count: before.count + 1, totalMs: before.totalMs + waitedMs };
    const longest = waitedMs > before.longestMs ? { longestMs: waitedMs, holder: holder ?? null } : before;
    waits.set(resource, { ...sum, longestMs: longest.longestMs, holder: longest.holder });
  }
}

const NO_WAIT = { count: 0, totalMs: 0, longestMs: 0, holder: null } as const;
