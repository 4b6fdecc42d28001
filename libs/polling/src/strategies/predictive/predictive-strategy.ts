import { Clock, SystemClock } from 'penstock/kernel';

import type { PollKnowledge } from '../../ports/poll-knowledge.js';
import { type PollEnd, type PollHistory, PollingStrategy } from '../../ports/polling-strategy.js';
import type { KeyLadder } from './key-ladder.js';
import { LearnedKeys } from './learned-keys.js';
import type { PollOutlook } from './poll-outlook.js';
import { type PollPrice, type PollQuestion, PollWalk } from './poll-walk.js';
import { type PredictiveOptions, resolvePredictiveOptions } from './predictive-strategy.options.js';
import { lessonsOf } from './progress-lessons.js';
import { ProgressTrace } from './progress-trace.js';
import { soundAgeMs } from './sound-age.js';

/** What is known of one generation in flight. */
interface Flight {
  readonly ladder: KeyLadder;
  readonly trace: ProgressTrace;
  /** The age at which it was last seen pending, in milliseconds. */
  pendingAgeMs: number;
  /** What is expected since then, once it was asked for. */
  outlook: PollOutlook | null;
}

/**
 * Learns how long generations take, and how far their progress can be believed, and polls when the end is likely: so
 * that `pollPriceMs` x polls + delay is least. Every provider, model, kind, size and duration is learned by itself;
 * what is not known of it is taken from coarser keys.
 *
 * What was learned is in {@link knowledge}. It is bounded, and so is what is kept of a generation in flight.
 */
export class PredictiveStrategy extends PollingStrategy {
  readonly #options: Readonly<Required<PredictiveOptions>>;
  override readonly knowledge: PollKnowledge;
  readonly #keys: LearnedKeys;
  readonly #walk = new PollWalk();
  readonly #flights = new Map<string, Flight>();

  /** @throws RangeError when an option is out of its bounds. */
  constructor(
    options: PredictiveOptions = {},
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
    this.#options = resolvePredictiveOptions(options);
    const { maxKeys, memory, shortMemory } = this.#options;
    this.#keys = new LearnedKeys({ maxKeys, memory: { long: memory, short: shortMemory } });
    this.knowledge = this.#keys;
  }

  override nextDelayMs(history: PollHistory): number {
    return this.#walk.delayMs(this.#questionOf(history), this.#price());
  }

  override sharedDelayMs(histories: readonly PollHistory[]): number {
    const questions = histories.map((history) => this.#questionOf(history));
    return this.#walk.sharedDelayMs(questions, this.#price());
  }

  override endedChance(history: PollHistory): number {
    const flight = this.#flights.get(history.id) ?? this.#begin(history);
    const { pendingAgeMs } = flight;
    flight.outlook ??= this.#walk.outlook({ ...this.#questionOf(history), ageMs: pendingAgeMs });
    return flight.outlook.endedChance(history.ageMs - pendingAgeMs);
  }

  override observed(history: PollHistory): void {
    const flight = this.#flights.get(history.id) ?? this.#begin(history);
    this.#flights.set(history.id, flight);
    flight.trace.see(history.progress, history.ageMs);
    flight.pendingAgeMs = history.ageMs;
    flight.outlook = null;
  }

  override ended(history: PollHistory, end: PollEnd): void {
    const sightings = this.#flights.get(history.id)?.trace.sightings ?? [];
    this.#flights.delete(history.id);
    if (end.outcome === 'dropped') return;
    const ladder = this.#keys.ladder(history);
    const afterMs = soundAgeMs(end.afterMs);
    const byMs = end.outcome !== 'expired' && end.byMs >= afterMs ? end.byMs : Infinity;
    // Seen late, as after a restart or an outage, an end says little of when progress should have foretold it.
    if (end.outcome !== 'expired' && byMs - afterMs <= 2 * this.#options.maxIntervalMs) {
      const job = { sightings, durationMs: (afterMs + byMs) / 2, failed: end.outcome === 'failed' };
      ladder.learnProgress(lessonsOf(job, ladder, this.#walk));
    }
    ladder.learnDuration(afterMs, byMs, Math.floor(this.clock.now()));
    this.#keys.changed(ladder);
  }

  #questionOf(history: PollHistory): PollQuestion {
    const { ladder, trace } = this.#flights.get(history.id) ?? this.#begin(history);
    const { last } = trace;
    const suggestion = last === null ? null : { ...last, estimate: ladder.estimate(last.band) };
    return { cdf: ladder.cdf(), ageMs: history.ageMs, suggestion };
  }

  #price(): PollPrice {
    const { pollPriceMs: priceMs, minIntervalMs, maxIntervalMs } = this.#options;
    return { priceMs, minIntervalMs, maxIntervalMs };
  }

  #begin(history: PollHistory): Flight {
    return {
      ladder: this.#keys.ladder(history),
      trace: new ProgressTrace(),
      pendingAgeMs: history.ageMs,
      outlook: null,
    };
  }
}
