import { AsyncResource } from 'node:async_hooks';

import { Logger } from '@nestjs/common';
import type { DatabasePool } from 'penstock/database';
import type { Clock, Timer } from 'penstock/kernel';

import { updateProgress, type Progress, type ProgressChange } from './progress-update.js';
import type { Serials } from './serials.js';

/** What {@link ProgressWrites} works with. */
export interface ProgressWritesOptions {
  readonly clock: Clock;
  readonly pool: DatabasePool;
  readonly serials: Serials;
  /** Told of what is committed, in the order of its serials. Must not throw. */
  readonly onWritten: (changes: readonly ProgressChange[]) => void;
}

/** From the beginning of one write to that of the next, at least, in milliseconds. */
const PAUSE_MS = 100;
/** What is more waits for the next write. */
const MOST_AT_ONCE = 1_000;

/**
 * Writes how far generations are. The first news are written at once, and what comes within a tenth of a second of that is
 * written together: however many generations go on, there are ten statements a second.
 *
 * A crash loses what has not been written, and so does a write that fails: the next poll tells it again.
 */
export class ProgressWrites {
  readonly #logger = new Logger('generations');
  readonly #news = new Map<string, Progress>();
  /** Runs in no caller's async context: news must not be undone with the transaction of who brings them. */
  readonly #writeApart: () => Promise<void>;
  #isArmed = false;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #nextAt = -Infinity;

  constructor(private readonly options: ProgressWritesOptions) {
    this.#writeApart = AsyncResource.bind(() => this.#write());
  }

  /** Takes news of a generation that is under way. Never waits, and never throws. */
  add(id: string, { progress, polls }: Progress): void {
    const known = this.#news.get(id)?.progress ?? 0;
    this.#news.set(id, { progress: Math.max(known, progress), polls });
    this.#arm();
  }

  /** Forgets the news of a generation that has ended. */
  drop(id: string): void {
    this.#news.delete(id);
  }

  /** Writes now what was added before, and tries once. Not for inside of a transaction. Never rejects. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined || this.#news.size > 0) await this.#run();
  }

  #arm(): void {
    if (this.#isArmed || this.#writing !== undefined || this.#news.size === 0) return;
    this.#isArmed = true;
    const run = (): void => void this.#run();
    const pauseMs = this.#nextAt - this.options.clock.monotonic();
    // Not in this turn: what a list says of many is one write.
    if (pauseMs <= 0) queueMicrotask(run);
    else this.#timer = this.options.clock.setTimer(run, pauseMs);
  }

  #run(): Promise<void> {
    this.#timer?.cancel();
    this.#isArmed = false;
    this.#writing ??= this.#writeApart().finally(() => {
      this.#writing = undefined;
      this.#arm();
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { clock, pool, onWritten } = this.options;
    this.#nextAt = clock.monotonic() + PAUSE_MS;
    const news = [...this.#news].slice(0, MOST_AT_ONCE);
    for (const [id] of news) this.#news.delete(id);
    if (news.length === 0) return;
    try {
      onWritten(
        await pool.transaction((manager) => updateProgress(manager, this.#numbered(news)), { grouped: true }),
      );
    } catch (error) {
      const count = news.length;
      this.#logger.warn({ generations: count, err: error }, 'How far generations are could not be written');
    }
  }

  /** Called inside of the transaction, so that the serials are in the order of the commits. */
  #numbered(news: readonly (readonly [string, Progress])[]): readonly ProgressChange[] {
    return news.map(([id, progress]) => ({ id, ...progress, serial: this.options.serials.next() }));
  }
}
