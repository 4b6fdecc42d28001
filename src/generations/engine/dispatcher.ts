import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { BalancerError, type Lease, type Returning, type Ticket } from 'penstock/balancer';
import { assertNever, Clock, CodedError, Random, longLivedAbort } from 'penstock/kernel';

import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { Acceptance } from './acceptance.js';
import { Cancellation } from './cancellation.js';
import { Reconciler } from './reconciliation.js';
import { after, backoffMs, NO_HISTORY, type SubmissionHistory } from './retry-policy.js';
import { Settlement } from './settlement.js';
import { Submission, type SubmissionResult } from './submission.js';
import { WaitingRoom } from './waiting-room.js';

const SHUTDOWN_BOUND_MS = 15_000;
/** The first polls of more than these, taken up at once, are spread over a time that is longer in proportion. */
const RESUMED_IN_SPREAD = 2_000;
/** At most, in milliseconds: no generation waits much longer for its first poll than it may wait for any. */
const LONGEST_SPREAD_MS = 10_000;
/** Errors of our own are followed by the back-off of this many failures. */
const RECOVERY_BACKOFF = 3;

/** Brings generations to a token and decides what follows each attempt to submit them. */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  readonly #logger = new Logger('generations');
  readonly #running = new Set<Promise<void>>();
  readonly #shutdown = longLivedAbort();
  /** How far the wall clock was ahead of the monotonic one at the start. */
  readonly #wallAhead: number;

  constructor(
    private readonly room: WaitingRoom,
    private readonly store: GenerationStore,
    private readonly submission: Submission,
    private readonly reconciler: Reconciler,
    private readonly acceptance: Acceptance,
    private readonly cancellation: Cancellation,
    private readonly settlement: Settlement,
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.#wallAhead = clock.now() - clock.monotonic();
  }

  /** Submits a stored generation as soon as its ticket is served. */
  dispatch(id: string, ticket: Ticket): void {
    this.#track(id, this.#served(id, ticket, NO_HISTORY));
  }

  /** Takes generations up where their rows say they stand, those that wait for a token in turn. Goes on in the background. */
  resumeAll(generations: readonly Generation[]): void {
    const askedOf = (generation: Generation): Returning['asked'] => this.#asked(generation, NO_HISTORY);
    for (const generation of this.room.inTurn(generations, askedOf))
      this.resume(generation, generations.length);
  }

  /**
   * Takes up a generation where its row says it stands. Goes on in the background.
   *
   * @param among - how many are taken up at once: their first polls are spread
   */
  resume(generation: Generation, among = 1): void {
    this.#track(generation.id, this.#resumed(generation, among));
  }

  /** Submissions under way are answered before the process ends, within a bound. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    const ended = new AbortController();
    const bound = this.clock.sleep(SHUTDOWN_BOUND_MS, ended.signal);
    await Promise.race([Promise.allSettled([...this.#running]), bound]);
    ended.abort();
  }

  async #resumed(generation: Generation, among: number): Promise<void> {
    const { id, status, cancelRequested } = generation;
    switch (status) {
      case 'queued':
        if (cancelRequested) await this.settlement.settle(id, { status: 'cancelled' });
        else await this.#served(id, this.#reenter(generation, NO_HISTORY), NO_HISTORY);
        return;
      case 'submitting':
        await this.#reconciled(id, NO_HISTORY);
        return;
      case 'in_progress':
        if (cancelRequested) await this.cancellation.carryOut(generation);
        else this.acceptance.track(generation, this.random.next() * this.#spreadMs(among));
        return;
      case 'completed':
      case 'failed':
      case 'cancelled':
        return;
      default:
        assertNever(status);
    }
  }

  #spreadMs(among: number): number {
    const { resumeSpreadMs } = this.settings;
    const scaledMs = (resumeSpreadMs * among) / RESUMED_IN_SPREAD;
    return Math.max(resumeSpreadMs, Math.min(LONGEST_SPREAD_MS, scaledMs));
  }

  async #served(id: string, ticket: Ticket, history: SubmissionHistory): Promise<void> {
    let lease: Lease;
    try {
      lease = await ticket.lease;
    } catch (error) {
      if (isCoded(error, 'admission_cancelled')) return;
      throw error;
    }
    const { asked } = ticket;
    await this.#follow(id, await this.submission.attempt(id, lease), { ...history, asked });
  }

  async #follow(id: string, result: SubmissionResult, history: SubmissionHistory): Promise<void> {
    switch (result.outcome) {
      case 'settled':
        return;
      case 'ambiguous':
        await this.#reconciled(id, history);
        return;
      case 'rejected':
        await this.#retry(id, after(history, result.tokenId, result.failure), result.message);
        return;
      default:
        assertNever(result);
    }
  }

  async #reconciled(id: string, history: SubmissionHistory): Promise<void> {
    if ((await this.reconciler.reconcile(id)) === 'settled') return;
    const generation = this.store.live(id);
    if (generation?.tokenId == null) return;
    const rejection = {
      failure: { kind: 'transient', retryAfterMs: null },
      tokenId: generation.tokenId,
      message: 'its answer was lost, and the provider says that nothing was created',
    } as const;
    await this.#follow(id, await this.submission.requeue(generation, rejection), history);
  }

  async #retry(id: string, history: SubmissionHistory, reason: string): Promise<void> {
    const generation = this.store.live(id);
    if (generation === undefined || this.#shutdown.signal.aborted) return;
    if (generation.cancelRequested) {
      await this.settlement.settle(id, { status: 'cancelled' });
    } else if (history.failures >= this.settings.maxFailedSubmissions) {
      const attempts = `${history.failures} attempts`;
      await this.#fail(id, 'upstream_unavailable', `The upstream did not take it in ${attempts}: ${reason}`);
    } else {
      await this.#requeued(generation, history, reason);
    }
  }

  async #requeued(generation: Generation, history: SubmissionHistory, reason: string): Promise<void> {
    let ticket: Ticket;
    try {
      ticket = this.#reenterUsable(generation, history);
    } catch (error) {
      if (!isCoded(error, 'no_usable_token')) throw error;
      if (await this.#triedLater(generation, history, reason)) return;
      await this.#fail(generation.id, error.code, `${error.message} The last attempt: ${reason}`);
      return;
    }
    await this.#served(generation.id, ticket, history);
  }

  /**
   * No token is left now. Those that failed before are tried again after a pause; one that errors turned off is waited
   * for, since it comes back by itself.
   *
   * @returns whether it was worth it; otherwise only a person can help
   */
  async #triedLater(generation: Generation, history: SubmissionHistory, reason: string): Promise<boolean> {
    const { id } = generation;
    if (history.failedTokens.size > 0) {
      const pauseMs = backoffMs(history.failures, this.settings.backoffMs, this.random);
      await this.clock.sleep(pauseMs, this.#shutdown.signal);
      await this.#retry(id, { ...history, failedTokens: new Set() }, reason);
      return true;
    }
    if (!this.room.mayRecover(generation)) return false;
    await this.#served(id, this.#reenter(generation, history), history);
    return true;
  }

  /**
   * It was let in before, so a full queue is no reason to turn it away now.
   *
   * @throws BalancerError `no_usable_token` where all that are left failed before, or none is
   */
  #reenterUsable(generation: Generation, history: SubmissionHistory): Ticket {
    const entry = { excluded: history.failedTokens, asked: this.#asked(generation, history) };
    try {
      return this.room.enter(generation, entry);
    } catch (error) {
      if (!isCoded(error, 'queue_full')) throw error;
      return this.room.enter(generation, { ...entry, force: true });
    }
  }

  #reenter(generation: Generation, history: SubmissionHistory): Ticket {
    return this.room.enter(generation, { force: true, asked: this.#asked(generation, history) });
  }

  /**
   * It keeps its turn; after a restart, by what the row says of its age. All rows are reckoned from one look at the clocks, so
   * that their order stays.
   */
  #asked({ createdAt }: Generation, { asked }: SubmissionHistory): Returning['asked'] {
    return asked ?? { at: Math.min(createdAt - this.#wallAhead, this.clock.monotonic()) };
  }

  async #fail(id: string, code: string, message: string): Promise<void> {
    await this.settlement.settle(id, { status: 'failed', code, message });
  }

  #track(id: string, run: Promise<void>): void {
    const tracked = run
      .catch((error: unknown) => this.#recover(id, error))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** After an error of our own (a database that is away) the generation is taken up where its row says it stands. */
  async #recover(id: string, error: unknown): Promise<void> {
    if (error instanceof CodedError && error.code === 'shutting_down') return;
    this.#logger.error({ generation: id, err: error }, 'A generation came to a halt; it is taken up again');
    const pauseMs = backoffMs(RECOVERY_BACKOFF, this.settings.backoffMs, this.random);
    await this.clock.sleep(pauseMs, this.#shutdown.signal);
    const generation = this.store.live(id);
    if (generation !== undefined && !this.#shutdown.signal.aborted) this.resume(generation);
  }
}

const isCoded = (error: unknown, code: BalancerError['code']): error is BalancerError =>
  error instanceof BalancerError && error.code === code;
