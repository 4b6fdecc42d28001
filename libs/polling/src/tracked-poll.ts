import { atLeast } from './check.js';
import type { PollHold, PollReason } from './ports/poll-journal.js';
import type { PollHistory, PollTraits } from './ports/polling-strategy.js';
import { TrackedHistory } from './tracked-history.js';

/** What the application says of a generation when the scheduler takes it over. The traits are for the strategy. */
export interface TrackRequest extends PollTraits {
  readonly id: string;
  /** The token that the polls use: it has a limit of its own. */
  readonly tokenId: string;
  /** Where the polls go: it has limits of its own. @defaultValue one for all that name none */
  readonly origin?: string;
  /** Requests a minute that the provider allows for polls of a token, unless a setting says otherwise. @defaultValue any */
  readonly pollsPerMinute?: number;
  /** Whether `PollTarget.pollMany` can ask about it together with others of its token. @defaultValue false */
  readonly listed?: boolean;
  /**
   * Names who calls back when the generation ends: ends of one channel tell together how reliably. `PollScheduler.called` is to be
   * told of callbacks. @defaultValue nobody calls back
   */
  readonly callbacks?: string;
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
  atLeast('pollsPerMinute', request.pollsPerMinute ?? 0, 0, 'integer');
}

/** A job that so many lists in a row leave out is not looked for in lists any more. */
const MOST_ABSENCES = 3;

/** The scheduler's record of one id. */
export class TrackedPoll {
  readonly id: string;
  readonly tokenId: string;
  readonly origin: string;
  readonly pollsPerMinute: number;
  readonly callbacks: string | undefined;
  /** On the monotonic clock. */
  readonly deadlineAt: number;
  /** When the next poll is due, on the monotonic clock; while one is under way, when that one was due. */
  dueAt: number;
  /** When the upstream allows the next call, on the monotonic clock. */
  notBefore = -Infinity;
  /** Why the next poll is due at its time; while one is under way, why that one was. */
  reason: PollReason = 'first';
  /** What the poll under way had to wait for. */
  heldBy: PollHold | null = null;
  /** When the poll under way began, on the monotonic clock. */
  startedAt = -Infinity;
  /** When the poll began to wait for a slot, on the monotonic clock. */
  enqueuedAt = 0;
  /** When it was answered `pending` the last time, on the monotonic clock. */
  answeredAt = -Infinity;
  /** Errors in a row, of polls or else of `expire`. */
  errors = 0;
  /** Woken while a poll was under way, whose answer may be older than the reason to ask. */
  wakeAgain: 'wake' | 'callback' | null = null;
  /** The age at which the upstream called back, in milliseconds; `null` when it has not since the last `pending` answer. */
  calledAgeMs: number | null = null;
  /** Until the next poll if no callback were expected, in milliseconds. */
  #planMs = 0;
  /** When that time is over, on the monotonic clock; `null` when the next poll is not put off. */
  #plainDueAt: number | null = null;
  /** Its deadline has passed: it is polled no more. */
  expiring = false;
  /** How often in a row a list left it out. */
  #absences = 0;
  /** Its next poll is to ask about it alone. */
  #alone = false;
  readonly #listed: boolean;
  #progress: number | null;
  #unchangedPolls = 0;
  #polls = 0;
  #previousDelayMs: number | null = null;
  #pendingAgeMs = 0;
  readonly #bornAt: number;
  readonly #request: TrackRequest;

  constructor(request: TrackRequest, now: number) {
    this.id = request.id;
    this.tokenId = request.tokenId;
    this.origin = request.origin ?? '';
    this.pollsPerMinute = request.pollsPerMinute ?? 0;
    this.callbacks = request.callbacks;
    this.#listed = request.listed ?? false;
    this.deadlineAt = now + request.remainingMs;
    this.dueAt = now;
    this.#progress = request.progress;
    this.#bornAt = now - (request.ageMs ?? 0);
    this.#request = request;
  }

  /** The age at which the upstream said for the last time that it was not done, in milliseconds; 0 if it never did. */
  get pendingAgeMs(): number {
    return this.#pendingAgeMs;
  }

  /** Whether its next poll may be one of many. */
  get mayBeListed(): boolean {
    return this.#listed && !this.#alone && this.#absences < MOST_ABSENCES;
  }

  /** When it would be polled next if no callback were expected, on the monotonic clock; `null` when that is when it will be. */
  get plainDueAt(): number | null {
    return this.#plainDueAt;
  }

  /** When news of it may be had, on the monotonic clock: a callback comes about as soon as polls would find something. */
  newsAt(now: number): number {
    if (this.#plainDueAt === null) return this.dueAt;
    return Math.min(this.dueAt, this.#plainDueAt > now ? this.#plainDueAt : now + this.#planMs);
  }

  /** Sets its next poll `delayMs` from now, which would be `planMs` from now if no callback were expected. */
  dueIn(delayMs: number, planMs: number, now: number): void {
    this.dueAt = now + delayMs;
    this.#planMs = planMs;
    this.#plainDueAt = delayMs > planMs ? now + planMs : null;
  }

  /** Sets its next poll to a time that has nothing to do with callbacks. */
  dueFor(dueAt: number, reason: PollReason): void {
    this.dueAt = dueAt;
    this.reason = reason;
    this.#plainDueAt = null;
  }

  /** A list left it out. After a few times in a row it is polled alone for good. */
  leftOut(): void {
    this.#absences += 1;
    this.#alone = true;
  }

  /** A poll of it has begun, after it waited for that. */
  begun(now: number, heldBy: PollHold | null): void {
    this.#alone = false;
    this.startedAt = now;
    this.heldBy = heldBy;
  }

  /** A list had it. */
  found(): void {
    this.#absences = 0;
  }

  ageMs(now: number): number {
    return now - this.#bornAt;
  }

  history(now: number): PollHistory {
    return new TrackedHistory(this.#request, {
      ageMs: this.ageMs(now),
      progress: this.#progress,
      unchangedPolls: this.#unchangedPolls,
      polls: this.#polls,
      previousDelayMs: this.#previousDelayMs,
    });
  }

  /** Takes in a `pending` answer. */
  answered(progress: number | null, now: number): void {
    this.answeredAt = now;
    this.#pendingAgeMs = this.ageMs(now);
    this.#unchangedPolls = (progress ?? 0) === (this.#progress ?? 0) ? this.#unchangedPolls + 1 : 0;
    this.#progress = progress;
    // Of a callback that came while it was asked, the answer may know nothing.
    if (this.wakeAgain !== 'callback') this.calledAgeMs = null;
    this.#polls += 1;
    this.errors = 0;
  }

  /** Keeps what the strategy said. */
  planned(delayMs: number): void {
    this.#previousDelayMs = delayMs;
  }
}
