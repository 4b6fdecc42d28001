import { atLeast } from './check.js';
import type { PollHistory } from './ports/polling-strategy.js';

/** What the application says of a generation when the scheduler takes it over. */
export interface TrackRequest {
  readonly id: string;
  readonly kind: string;
  /** For the strategy, where it is known. */
  readonly model?: string;
  /** The token that the polls use: it has a limit of its own. */
  readonly tokenId: string;
  /** The last progress known: 0 to 100, or `null`. */
  readonly progress: number | null;
  /** Since the generation began, in milliseconds. @defaultValue 0 */
  readonly ageMs?: number;
  /** Until the first poll, in milliseconds. @defaultValue what the strategy says */
  readonly firstDelayMs?: number;
  /** Until the deadline, in milliseconds; 0 or less expires it at once. */
  readonly remainingMs: number;
}

/** @throws RangeError when a time is no finite number, or `firstDelayMs` or `ageMs` is negative. */
export function checkTrackRequest(request: TrackRequest): void {
  atLeast('remainingMs', request.remainingMs, -Number.MAX_VALUE);
  atLeast('firstDelayMs', request.firstDelayMs ?? 0, 0);
  atLeast('ageMs', request.ageMs ?? 0, 0);
}

/** The scheduler's record of one id. */
export class TrackedPoll {
  readonly id: string;
  readonly tokenId: string;
  /** On the monotonic clock. */
  readonly deadlineAt: number;
  /** When the next poll is due, on the monotonic clock; while one is under way, when that one was due. */
  dueAt: number;
  /** When the upstream allows the next call, on the monotonic clock. */
  notBefore = -Infinity;
  /** When the poll began to wait for a slot, on the monotonic clock. */
  enqueuedAt = 0;
  /** Errors in a row, of polls or else of `expire`. */
  errors = 0;
  /** Woken while a poll was under way, whose answer may be older than the reason to ask. */
  wakeAgain = false;
  /** Its deadline has passed: it is polled no more. */
  expiring = false;
  #progress: number | null;
  #unchangedPolls = 0;
  #polls = 0;
  #previousDelayMs: number | null = null;
  readonly #bornAt: number;

  constructor(
    private readonly request: TrackRequest,
    now: number,
  ) {
    this.id = request.id;
    this.tokenId = request.tokenId;
    this.deadlineAt = now + request.remainingMs;
    this.dueAt = now;
    this.#progress = request.progress;
    this.#bornAt = now - (request.ageMs ?? 0);
  }

  history(now: number): PollHistory {
    const { id, kind, model } = this.request;
    return {
      id,
      kind,
      ...(model === undefined ? {} : { model }),
      ageMs: now - this.#bornAt,
      progress: this.#progress,
      unchangedPolls: this.#unchangedPolls,
      polls: this.#polls,
      previousDelayMs: this.#previousDelayMs,
    };
  }

  /** Takes in a `pending` answer. */
  answered(progress: number | null): void {
    this.#unchangedPolls = (progress ?? 0) === (this.#progress ?? 0) ? this.#unchangedPolls + 1 : 0;
    this.#progress = progress;
    this.#polls += 1;
    this.errors = 0;
  }

  /** Keeps what the strategy said. */
  planned(delayMs: number): void {
    this.#previousDelayMs = delayMs;
  }
}
