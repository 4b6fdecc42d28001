import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { PollJournal, PollReport } from 'penstock/polling';

import { quantile } from '../support/stats.js';
import { ProcessorWaits } from './processor-waits.js';

/** How something spreads, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What a gateway did in a window of time. */
export interface ProbeReport {
  readonly seconds: number;
  /** Time on the processor, in percent of one core. */
  readonly cpuPercent: number;
  /** At most. */
  readonly residentMiB: number;
  /** What is in use after a full collection. */
  readonly heapMiB: number;
  /** How late the event loop was, waits for a processor included. */
  readonly loop: Spread;
  /** The same without waits for a processor that others had. */
  readonly ownLoop: Spread;
  /** Answers about one generation each, in lists or alone. */
  readonly polls: number;
  /** From the time that a poll was planned for until it began; of those that were not taken along by a list. */
  readonly lateness: Spread;
  /** The same without waits for a processor that others had. */
  readonly ownLateness: Spread;
  /** The share of them that began over 100 ms late even so. */
  readonly lateShare: number;
}

/** The first polls of what was resumed. */
export interface ResumeReport {
  readonly polled: number;
  readonly seconds: number;
  /** Most of them that began within one second. */
  readonly busiestSecond: number;
}

const SAMPLE_MS = 250;
const LATE_MS = 100;

/** Watches the process that it runs in, and the polls that a journal is told of. */
export class Probe {
  readonly #loop = monitorEventLoopDelay({ resolution: 1 });
  readonly #firstAt: number[] = [];
  readonly #seen = new Set<string>();
  readonly #waits = new ProcessorWaits();
  /** When polls were due, and when they began. */
  #begun: (readonly [due: number, begun: number])[] = [];
  #polls = 0;
  #resident = 0;
  #since = sinceNow();

  constructor(journal: PollJournal) {
    const add = journal.add.bind(journal);
    journal.add = (report) => {
      this.#take(report);
      add(report);
    };
    setInterval(() => {
      this.#resident = Math.max(this.#resident, process.memoryUsage.rss());
    }, SAMPLE_MS).unref();
    this.#loop.enable();
  }

  /** Begins a window. */
  begin(): void {
    this.#begun = [];
    this.#polls = 0;
    this.#resident = process.memoryUsage.rss();
    this.#since = sinceNow();
    this.#loop.reset();
  }

  end(): ProbeReport {
    const { at, cpu } = this.#since;
    const ms = wallTime() - at;
    const { user, system } = process.cpuUsage(cpu);
    const loop = this.#loopSpread();
    const own = this.#begun.map(([due, begun]) => this.#waits.without(due, begun));
    const lateShare = own.filter((late) => late > LATE_MS).length / Math.max(1, own.length);
    globalThis.gc?.();
    return {
      seconds: ms / 1_000,
      cpuPercent: (user + system) / 10 / ms,
      polls: this.#polls,
      residentMiB: this.#resident / 2 ** 20,
      heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
      loop,
      ownLoop: spreadOf(this.#waits.loopDelays(at)),
      lateness: spreadOf(this.#begun.map(([due, begun]) => Math.max(0, begun - due))),
      ownLateness: spreadOf(own),
      lateShare,
    };
  }

  resumed(): ResumeReport {
    const times = [...this.#firstAt].sort((a, b) => a - b);
    let [from, busiestSecond] = [0, 0];
    for (const [index, at] of times.entries()) {
      while ((times[from] ?? at) <= at - 1_000) from += 1;
      busiestSecond = Math.max(busiestSecond, index - from + 1);
    }
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    return { polled: times.length, seconds, busiestSecond };
  }

  #take({ id, plannedAt, startedAt, reason }: PollReport): void {
    this.#polls += 1;
    if (reason !== 'list') this.#begun.push([plannedAt, startedAt]);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#firstAt.push(startedAt);
  }

  /** The histogram holds the time from one turn to the next, of which the 1 ms between them is no delay. */
  #loopSpread(): Spread {
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
    const { max } = this.#loop;
    return { p50: ms(this.#loop.percentile(50)), p99: ms(this.#loop.percentile(99)), max: ms(max) };
  }
}

const wallTime = (): number => performance.timeOrigin + performance.now();
const sinceNow = () => ({ at: wallTime(), cpu: process.cpuUsage() });

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
}
