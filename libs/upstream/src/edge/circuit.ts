import { ReentrantLock } from 'penstock/concurrency';
import type { Clock, Timer } from 'penstock/kernel';

import type { EdgeProbe } from '../ports/edge-probe.js';
import { CircuitPause, type PauseOptions } from './circuit-pause.js';
import { CLEAR, type CircuitState } from './circuit-state.js';
import type { EdgeEvidence } from './edge-snapshot.js';
import { type Passage, type PassageEnd, passageOf } from './passage.js';

/** What a {@link Circuit} works with. Nothing here throws. */
export interface CircuitParts {
  /** Of its lock, in reports of waits. */
  readonly name: string;
  readonly clock: Clock;
  readonly options: () => PauseOptions;
  /** Looks whether calls would go through. */
  readonly probe: (signal: AbortSignal) => ReturnType<EdgeProbe['probe']>;
  /** What a call that goes out now has to show. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** It opens: called with the lock held, before `changed`. */
  readonly opening: () => void;
  /** It has opened, or a probe did not pass: called with the lock held. */
  readonly shut: () => void;
  /** Called after each change, with the lock held. */
  readonly changed: () => void;
  /** The error of a call that is not sent. */
  readonly refusal: (reason: string, retryAfterMs: number) => Error;
}

/** What callers are told to wait at most: it may be closed at any time. */
const LONGEST_RETRY_MS = 30_000;
const SHORTEST_RETRY_MS = 1_000;

/**
 * A circuit that evidence opens. While it is open no call goes out but one probe at a time; when one passes it is half
 * open: one call goes first, and others wait to see how it fares.
 */
export class Circuit {
  readonly #lock: ReentrantLock;
  readonly #pause = new CircuitPause();
  readonly #closed = new AbortController();
  #state: CircuitState;
  #timer: Timer | undefined;
  #probing: Promise<void> | undefined;
  #refused = 0;
  /** The one call of a half-open circuit; resolves when it has ended. */
  #trial: Promise<void> | undefined;

  constructor(private readonly parts: CircuitParts) {
    this.#lock = new ReentrantLock({ name: parts.name, clock: parts.clock });
    this.#state = { ...CLEAR, since: parts.clock.monotonic(), epoch: 0 };
  }

  /** Replaced as a whole with each change. Takes no lock. */
  get state(): CircuitState {
    return this.#state;
  }

  /** Aborts when the process ends. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get probing(): boolean {
    return this.#probing !== undefined;
  }

  /** Whether the one call of a half-open circuit is under way. */
  get isTried(): boolean {
    return this.#trial !== undefined;
  }

  /** Calls that were answered without being sent since it opened. */
  get refused(): number {
    return this.#refused;
  }

  /** Until when no call goes out, in milliseconds since 1970; `null` when calls go out. Takes no lock. */
  openUntil(): number | null {
    const { condition, dueAt } = this.#state;
    const { clock } = this.parts;
    return condition === 'challenged' ? Math.round(clock.now() + dueAt - clock.monotonic()) : null;
  }

  /**
   * Lets a call pass, or tells it at once that it cannot. At a half-open circuit one call goes out and others wait for it.
   *
   * @throws the `refusal`; the reason of `signal` when it aborts meanwhile
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

  /** Runs `change` alone, and lets calls through after it. */
  loosen(change: () => void): Promise<void> {
    return this.#alone(() => {
      change();
      // Without evidence before, there is nothing to find out.
      this.#become(this.#state.condition === 'clear' ? {} : { condition: 'half_open', dueAt: Infinity });
    });
  }

  /** Runs `change` alone, and forgets all evidence. */
  reset(change: () => void): Promise<void> {
    return this.#alone(() => {
      change();
      this.#pause.reset();
      this.#refused = 0;
      this.#become(CLEAR);
    });
  }

  /** Runs `task` while nothing else changes the circuit; it may change it itself. */
  run(task: () => Promise<void>): Promise<void> {
    return this.#lock.run(task);
  }

  /** Ends timers, probes and waits. */
  close(): void {
    this.#timer?.cancel();
    this.#closed.abort(new Error('The process ends.'));
  }

  #alone(change: () => void): Promise<void> {
    return this.#lock.run(() => {
      change();
      return Promise.resolve();
    });
  }

  #passage(): Passage {
    const { epoch } = this.#state;
    return passageOf(async (end) => {
      if (typeof end === 'object') await this.#open(end, epoch);
    }, this.parts.headers());
  }

  #beginTrial(): Passage {
    const { epoch } = this.#state;
    let over = (): void => undefined;
    const trial = new Promise<void>((resolve) => (over = resolve));
    this.#trial = trial;
    return passageOf(async (end) => {
      await this.#afterTrial(end, epoch);
      if (this.#trial === trial) this.#trial = undefined;
      over();
    }, this.parts.headers());
  }

  async #afterTrial(end: PassageEnd, epoch: number): Promise<void> {
    if (typeof end === 'object') await this.#open(end, epoch);
    if (end !== 'passed') return;
    await this.#alone(() => {
      if (this.#state.epoch === epoch) this.#become({ condition: 'clear', dueAt: Infinity });
    });
  }

  #open({ reason, retryAfterMs }: EdgeEvidence, epoch: number): Promise<void> {
    return this.#alone(() => {
      const { epoch: current, challenges } = this.#state;
      // It left before something was given, or others have found out meanwhile.
      if (epoch !== current || this.#closed.signal.aborted) return;
      this.#refused = 0;
      this.parts.opening();
      const dueAt = this.#dueAfter(retryAfterMs);
      this.#become({ condition: 'challenged', reason, dueAt, challenges: challenges + 1 });
      this.#armProbe();
      this.parts.shut();
    });
  }

  #dueAfter(askedMs: number | null): number {
    const now = this.parts.clock.monotonic();
    return now + this.#pause.next(this.parts.options(), now, askedMs);
  }

  #become(change: Partial<CircuitState>): void {
    const isSame = change.condition === undefined || change.condition === this.#state.condition;
    const since = isSame ? this.#state.since : this.parts.clock.monotonic();
    this.#state = Object.freeze({ ...this.#state, ...change, since, epoch: this.#state.epoch + 1 });
    this.#timer?.cancel();
    // Who waits for a trial of the state before looks at the new one.
    this.#trial = undefined;
    this.parts.changed();
  }

  #refusal(): Error {
    this.#refused += 1;
    const leftMs = this.#state.dueAt - this.parts.clock.monotonic();
    const retryAfterMs = Math.ceil(Math.min(Math.max(leftMs, SHORTEST_RETRY_MS), LONGEST_RETRY_MS));
    return this.parts.refusal(this.#state.reason ?? 'unknown', retryAfterMs);
  }

  #armProbe(): void {
    const { clock } = this.parts;
    const { epoch, dueAt } = this.#state;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(() => void this.#probe(epoch), dueAt - clock.monotonic());
  }

  /** One at a time, also when it was closed and opens again while one is under way. */
  async #probe(epoch: number): Promise<void> {
    while (this.#probing !== undefined) await this.#probing;
    if (this.#state.epoch !== epoch || this.#closed.signal.aborted) return;
    let ended = (): void => undefined;
    this.#probing = new Promise((resolve) => (ended = resolve));
    const outcome = await this.parts.probe(this.#closed.signal).catch(() => 'inconclusive' as const);
    this.#probing = undefined;
    ended();
    await this.#alone(() => {
      if (this.#state.epoch !== epoch || this.#closed.signal.aborted) return;
      if (outcome === 'passed') {
        this.#become({ condition: 'half_open', dueAt: Infinity });
        return;
      }
      this.#become({ dueAt: this.#dueAfter(null) });
      this.#armProbe();
      this.parts.shut();
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
