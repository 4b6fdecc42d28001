import {
  afterCallback,
  afterMiss,
  type CallbackRecord,
  isDoubtful,
  netDelayMs,
  NO_RECORD,
  stretchOf,
} from './callback-record.js';
import type { TrackedPoll } from './tracked-poll.js';

/** A callback counts that comes this long after a poll found the end, in milliseconds. */
const GRACE_MS = 15_000;
/** Ends that wait for their callback at most; one more is not judged. */
const MOST_OPEN = 10_000;
const MOST_CHANNELS = 1_000;

interface OpenEnd {
  readonly channel: string;
  readonly judgeAt: number;
}

/**
 * How far callbacks are relied on, by channel. Where they come, polls are only a safety net; where they stay away, polls come
 * as if there were none. Nothing of it is stored: a new process begins cautious.
 */
export class PollNet {
  readonly #records = new Map<string, CallbackRecord>();
  /** By id, ends of which no callback has told yet, the oldest first. */
  readonly #open = new Map<string, OpenEnd>();

  /** When `tick` has something to do, on the monotonic clock; `Infinity` for never. */
  get nextAlarmAt(): number {
    for (const { judgeAt } of this.#open.values()) return judgeAt;
    return Infinity;
  }

  /** Milliseconds until the next poll of what would be polled after `planMs` without callbacks. */
  delayMs(poll: TrackedPoll, planMs: number, { now, longestMs }: { now: number; longestMs: number }): number {
    if (poll.callbacks === undefined) return planMs;
    const stretch = stretchOf(this.#record(poll.callbacks));
    return netDelayMs({ planMs, stretch, remainingMs: poll.deadlineAt - now, longestMs });
  }

  /** A poll found an end. */
  ended({ id, callbacks: channel, calledAgeMs }: TrackedPoll, now: number): void {
    if (channel === undefined) return;
    if (calledAgeMs !== null) this.#learn(channel, afterCallback);
    else if (this.#open.size < MOST_OPEN) this.#open.set(id, { channel, judgeAt: now + GRACE_MS });
  }

  /** A callback came about an id whose end is known. */
  calledLate(id: string): void {
    const end = this.#open.get(id);
    if (end === undefined) return;
    this.#open.delete(id);
    this.#learn(end.channel, afterCallback);
  }

  /**
   * Judges the ends that have waited long enough for their callback.
   *
   * @returns channels whose callbacks have begun to stay away: what was put off for them should not wait
   */
  tick(now: number): ReadonlySet<string> {
    const doubtful = new Set<string>();
    for (const [id, { channel, judgeAt }] of this.#open) {
      if (judgeAt > now) break;
      this.#open.delete(id);
      this.#learn(channel, afterMiss);
      if (isDoubtful(this.#record(channel))) doubtful.add(channel);
    }
    return doubtful;
  }

  #record(channel: string): CallbackRecord {
    return this.#records.get(channel) ?? NO_RECORD;
  }

  #learn(channel: string, learn: (record: CallbackRecord) => CallbackRecord): void {
    const record = learn(this.#record(channel));
    this.#records.delete(channel);
    this.#records.set(channel, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > MOST_CHANNELS && oldest !== undefined) this.#records.delete(oldest);
  }
}
