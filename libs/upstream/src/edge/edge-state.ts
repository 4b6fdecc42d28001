import { ReentrantLock } from 'penstock/concurrency';
import type { Clock, Timer } from 'penstock/kernel';

import type { ClearanceDesk, GivenClearance } from '../ports/clearance-desk.js';
import type { EdgeProbe } from '../ports/edge-probe.js';
import { headersOfClearance } from './clearance.js';
import type { EdgeCondition, EdgeEvidence, EdgeSnapshot } from './edge-snapshot.js';
import { EdgeError } from './edge.errors.js';
import type { ResolvedEdgeOptions } from './edge.options.js';
import { EdgePause } from './edge-pause.js';
import { type Passage, type PassageEnd, passageOf } from './passage.js';

/** What an {@link EdgeState} works with. */
export interface EdgeParts {
  readonly clock: Clock;
  readonly probe: EdgeProbe;
  readonly desk: ClearanceDesk;
  readonly options: () => ResolvedEdgeOptions;
  /** Called after each change, with the lock held. It does not throw. */
  readonly changed: (snapshot: EdgeSnapshot) => void;
}

/** Immutable, and replaced as a whole: who reads it needs no lock. Times are monotonic. */
interface State {
  readonly condition: EdgeCondition;
  readonly since: number;
  readonly reason: string | null;
  readonly dueAt: number;
  readonly challenges: number;
  readonly clearance: HeldClearance | null;
  /** Rises with each change. What was learnt by a call of an older one is out of date. */
  readonly epoch: number;
}

interface HeldClearance {
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly expiresAt: number;
}

/** What callers are told to wait at most: a clearance may come at any time. */
const LONGEST_RETRY_MS = 30_000;
const SHORTEST_RETRY_MS = 1_000;

/** The edge of one origin: a circuit that a challenge opens, and that a probe or a clearance closes. */
export class EdgeState {
  readonly #lock: ReentrantLock;
  readonly #pause = new EdgePause();
  readonly #closed = new AbortController();
  #state: State;
  #timer: Timer | undefined;
  #probing: Promise<void> | undefined;
  #asking = false;
  #refused = 0;
  /** The one call of a half-open edge; resolves when it has ended. */
  #trial: Promise<void> | undefined;

  constructor(
    readonly origin: string,
    private readonly parts: EdgeParts,
  ) {
    this.#lock = new ReentrantLock({ name: 'upstream.edge', clock: parts.clock });
    const since = parts.clock.monotonic();
    const nothing = { reason: null, dueAt: Infinity, challenges: 0, clearance: null };
    this.#state = { condition: 'clear', since, ...nothing, epoch: 0 };
  }

  /** Takes no lock. */
  snapshot(): EdgeSnapshot {
    const { condition, since, reason, challenges, clearance } = this.#state;
    const { clock } = this.parts;
    const wall = (monotonic: number): number => Math.round(clock.now() + monotonic - clock.monotonic());
    const isHeld = clearance !== null && clearance.expiresAt > clock.monotonic();
    return Object.freeze({
      ...{ origin: this.origin, condition, since: wall(since), reason, challenges },
      nextProbeAt: this.challengedUntil(),
      probing: this.#probing !== undefined,
      refused: this.#refused,
      clearance: isHeld
        ? { source: clearance.source, names: clearance.names, expiresAt: wall(clearance.expiresAt) }
        : null,
    });
  }

  /** Until when no call goes out, in milliseconds since 1970; `null` when calls go out. Takes no lock. */
  challengedUntil(): number | null {
    const { condition, dueAt } = this.#state;
    const { clock } = this.parts;
    return condition === 'challenged' ? Math.round(clock.now() + dueAt - clock.monotonic()) : null;
  }

  /**
   * Lets a call pass, or tells it at once that it cannot. At a half-open edge one call goes out and others wait for it.
   *
   * @throws EdgeError `edge_challenged`; the reason of `signal` when it aborts meanwhile
   */
  async enter(signal: AbortSignal): Promise<Passage> {
    for (;;) {
      signal.throwIfAborted();
      switch (this.#state.condition) {
        case 'clear':
          return this.#passage();
        case 'challenged':
          throw this.#refusal();
        case 'half_open':
          if (this.#trial === undefined) return this.#beginTrial();
          await untilEither(this.#trial, signal);
      }
    }
  }

  /** Closes the circuit and sends these headers along, until they expire or the edge challenges again. */
  supply(given: GivenClearance): Promise<void> {
    return this.#lock.run(() => {
      const headers = headersOfClearance(given);
      const names = [...Object.keys(given.headers ?? {}), ...Object.keys(given.cookies ?? {})];
      const ttlMs = given.ttlMs ?? this.parts.options().clearanceTtlMs;
      const expiresAt = this.parts.clock.monotonic() + ttlMs;
      this.#become({ clearance: { source: given.source, headers, names, expiresAt } });
      this.#halfOpen();
      return Promise.resolve();
    });
  }

  /** Forgets clearance and challenge: the next call finds out. */
  reset(): Promise<void> {
    return this.#lock.run(() => {
      this.#pause.reset();
      this.#refused = 0;
      this.#become({ condition: 'clear', reason: null, dueAt: Infinity, challenges: 0, clearance: null });
      return Promise.resolve();
    });
  }

  /** Ends timers, probes and waits. */
  close(): void {
    this.#timer?.cancel();
    this.#closed.abort(new Error('The process ends.'));
  }

  #passage(): Passage {
    const { epoch, clearance } = this.#state;
    const headers = this.#headersOf(clearance);
    return passageOf(async (end) => {
      if (typeof end === 'object') await this.#challenged(end, epoch);
    }, headers);
  }

  #beginTrial(): Passage {
    const { epoch, clearance } = this.#state;
    let over = (): void => undefined;
    const trial = new Promise<void>((resolve) => (over = resolve));
    this.#trial = trial;
    return passageOf(async (end) => {
      await this.#afterTrial(end, epoch);
      if (this.#trial === trial) this.#trial = undefined;
      over();
    }, this.#headersOf(clearance));
  }

  #headersOf(clearance: HeldClearance | null): HeldClearance['headers'] | undefined {
    const isHeld = clearance !== null && clearance.expiresAt > this.parts.clock.monotonic();
    return isHeld ? clearance.headers : undefined;
  }

  async #afterTrial(end: PassageEnd, epoch: number): Promise<void> {
    if (typeof end === 'object') await this.#challenged(end, epoch);
    if (end !== 'passed') return;
    await this.#lock.run(() => {
      if (this.#state.epoch === epoch) this.#become({ condition: 'clear', dueAt: Infinity });
      return Promise.resolve();
    });
  }

  #challenged({ reason, retryAfterMs }: EdgeEvidence, epoch: number): Promise<void> {
    return this.#lock.run(() => {
      const { epoch: current, challenges } = this.#state;
      // It left before a clearance was given, or others have found out meanwhile.
      if (epoch !== current || this.#closed.signal.aborted) return Promise.resolve();
      this.#refused = 0;
      const dueAt = this.#dueAfter(retryAfterMs);
      this.#become({ condition: 'challenged', reason, dueAt, challenges: challenges + 1, clearance: null });
      this.#armProbe();
      void this.#askForClearance();
      return Promise.resolve();
    });
  }

  #dueAfter(askedMs: number | null): number {
    const now = this.parts.clock.monotonic();
    return now + this.#pause.next(this.parts.options(), now, askedMs);
  }

  #halfOpen(): void {
    // Without a challenge before, there is nothing to find out.
    if (this.#state.condition !== 'clear') this.#become({ condition: 'half_open', dueAt: Infinity });
  }

  #become(change: Partial<State>): void {
    const since =
      change.condition === undefined || change.condition === this.#state.condition
        ? this.#state.since
        : this.parts.clock.monotonic();
    this.#state = Object.freeze({ ...this.#state, ...change, since, epoch: this.#state.epoch + 1 });
    this.#timer?.cancel();
    // Who waits for a trial of the state before looks at the new one.
    this.#trial = undefined;
    this.parts.changed(this.snapshot());
  }

  #refusal(): EdgeError {
    this.#refused += 1;
    const leftMs = this.#state.dueAt - this.parts.clock.monotonic();
    const retryAfterMs = Math.ceil(Math.min(Math.max(leftMs, SHORTEST_RETRY_MS), LONGEST_RETRY_MS));
    return EdgeError.challenged(this.origin, this.#state.reason ?? 'a challenge', retryAfterMs);
  }

  #armProbe(): void {
    const { clock } = this.parts;
    const { epoch, dueAt } = this.#state;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(() => void this.#probe(epoch), dueAt - clock.monotonic());
  }

  /** One at a time, also when the edge was cleared and challenges again while one is under way. */
  async #probe(epoch: number): Promise<void> {
    while (this.#probing !== undefined) await this.#probing;
    if (this.#state.epoch !== epoch || this.#closed.signal.aborted) return;
    let ended = (): void => undefined;
    this.#probing = new Promise((resolve) => (ended = resolve));
    const outcome = await this.parts.probe
      .probe({ origin: this.origin, signal: this.#closed.signal })
      .catch(() => 'inconclusive' as const);
    this.#probing = undefined;
    ended();
    await this.#lock.run(() => {
      if (this.#state.epoch !== epoch || this.#closed.signal.aborted) return Promise.resolve();
      if (outcome === 'passed') {
        this.#halfOpen();
        return Promise.resolve();
      }
      this.#become({ dueAt: this.#dueAfter(null) });
      this.#armProbe();
      void this.#askForClearance();
      return Promise.resolve();
    });
  }

  async #askForClearance(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { epoch, reason } = this.#state;
    const asked = { origin: this.origin, reason: reason ?? '', signal: this.#closed.signal };
    const given = await this.parts.desk.obtain(asked).catch(() => null);
    this.#asking = false;
    if (given === null) return;
    await this.#lock.run(async () => {
      // What the operator said meanwhile is newer.
      const isStillAsked = this.#state.condition === 'challenged' && this.#state.epoch >= epoch;
      if (isStillAsked && !this.#closed.signal.aborted) await this.supply(given);
    });
  }
}

/** Resolves with the first of both, and listens no longer then. */
async function untilEither(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', stop);
}
