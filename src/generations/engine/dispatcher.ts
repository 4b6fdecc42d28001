import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  AdmissionQueue,
  BalancerError,
  type EntryOptions,
  type Lease,
  type LeaseRequest,
  type Ticket,
} from 'penstock/balancer';
import { Clock, Random } from 'penstock/kernel';
import { ProviderRegistry } from 'penstock/plugin-host';

import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { Reconciler } from './reconciliation.js';
import { after, backoffMs, NO_HISTORY, type SubmissionHistory } from './retry-policy.js';
import { Settlement } from './settlement.js';
import { Submission, type SubmissionResult } from './submission.js';

const SHUTDOWN_BOUND_MS = 15_000;
/** Errors of our own are followed by the back-off of this many failures. */
const RECOVERY_BACKOFF = 3;

/** Brings queued generations to a token: waits for a lease, submits, and decides what follows a rejection. */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  readonly #logger = new Logger('generations');
  readonly #tickets = new Map<string, Ticket>();
  readonly #running = new Set<Promise<void>>();
  readonly #shutdown = new AbortController();

  constructor(
    private readonly queue: AdmissionQueue,
    private readonly providers: ProviderRegistry,
    private readonly store: GenerationStore,
    private readonly submission: Submission,
    private readonly reconciler: Reconciler,
    private readonly settlement: Settlement,
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Takes a place in the admission queue, before the generation is stored.
   *
   * @throws BalancerError `queue_full`, or `no_usable_token` when no token could ever serve it
   */
  admit(generation: Generation, options: EntryOptions = {}, history = NO_HISTORY): Ticket {
    if (this.#shutdown.signal.aborted) {
      throw GenerationError.of('shutting_down', 'This process is about to end. Ask again in a moment.', {
        retryAfterMs: 1_000,
      });
    }
    const ticket = this.queue.enter(this.#requestOf(generation, history), options);
    this.#tickets.set(generation.id, ticket);
    return ticket;
  }

  /** Submits the generation as soon as its ticket is served. */
  dispatch(id: string, ticket: Ticket, history: SubmissionHistory = NO_HISTORY): void {
    const run = ticket.lease.then(
      (lease) => this.#submit(id, lease, history),
      (error: unknown) => {
        this.#tickets.delete(id);
        if (!(error instanceof BalancerError)) throw error;
      },
    );
    this.#track(id, run);
  }

  /** Gives up a place whose generation could not be stored. */
  dismiss(id: string, ticket: Ticket): void {
    this.#tickets.delete(id);
    if (ticket.cancel()) return;
    this.#track(
      id,
      ticket.lease.then((lease) => lease.release()),
    );
  }

  /** Finds out about an attempt whose answer was lost, and goes on from there. */
  reconcile(id: string): void {
    this.#track(id, this.#reconciled(id, NO_HISTORY));
  }

  /** Place among those that wait for the same tokens, from 1; `null` when it does not wait. */
  position(id: string): number | null {
    return this.#tickets.get(id)?.position() ?? null;
  }

  /** Takes a generation out of the queue. @returns `false` when its turn has come already */
  withdraw(id: string): boolean {
    return this.#tickets.get(id)?.cancel() ?? false;
  }

  /** Ends what waited too long. */
  @Interval(5_000)
  async expireWaiting(): Promise<void> {
    const oldest = this.clock.now() - this.settings.queueTimeoutMs;
    for (const id of [...this.#tickets.keys()]) {
      const generation = this.store.live(id);
      if (generation?.status !== 'queued' || generation.createdAt > oldest || !this.withdraw(id)) continue;
      await this.#fail(
        id,
        'queue_timeout',
        'No token became free in time. Ask again later, or ask the operator for more tokens.',
      );
    }
  }

  /** Submissions under way are answered before the process ends, within a bound. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    for (const ticket of this.#tickets.values()) ticket.cancel();
    await Promise.race([Promise.allSettled([...this.#running]), this.clock.sleep(SHUTDOWN_BOUND_MS)]);
  }

  async #submit(id: string, lease: Lease, history: SubmissionHistory): Promise<void> {
    this.#tickets.delete(id);
    const result = await this.submission.attempt(id, lease);
    await this.#follow(id, result, history);
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
    }
  }

  async #reconciled(id: string, history: SubmissionHistory): Promise<void> {
    if ((await this.reconciler.reconcile(id)) === 'settled') return;
    const generation = this.store.live(id);
    if (generation?.tokenId == null) return;
    const rejection = {
      failure: { kind: 'transient', retryAfterMs: null },
      tokenId: generation.tokenId,
      message: 'lost',
    } as const;
    await this.#follow(id, await this.submission.requeue(generation, rejection), history);
  }

  async #retry(id: string, history: SubmissionHistory, reason: string): Promise<void> {
    if (this.#shutdown.signal.aborted) return;
    const generation = this.store.live(id);
    if (generation === undefined) return;
    if (history.failures >= this.settings.maxFailedSubmissions) {
      await this.#fail(
        id,
        'upstream_unavailable',
        `The upstream did not take it in ${String(history.failures)} attempts: ${reason}`,
      );
      return;
    }
    try {
      this.dispatch(id, this.admit(generation, { front: true }, history), history);
    } catch (error) {
      await this.#retryWithFailedTokens(generation, history, error);
    }
  }

  /** When only tokens that failed before are left, they are tried again after a pause. */
  async #retryWithFailedTokens(
    generation: Generation,
    history: SubmissionHistory,
    refusal: unknown,
  ): Promise<void> {
    if (!(refusal instanceof BalancerError)) throw refusal;
    if (history.failedTokens.size === 0) {
      await this.#fail(generation.id, refusal.code, refusal.message);
      return;
    }
    await this.clock.sleep(
      backoffMs(history.failures, this.settings.backoffMs, this.random),
      this.#shutdown.signal,
    );
    await this.#retry(generation.id, { ...history, failedTokens: new Set() }, refusal.message);
  }

  async #fail(id: string, code: string, message: string): Promise<void> {
    await this.settlement.settle(id, { status: 'failed', code, message });
  }

  #requestOf(generation: Generation, history: SubmissionHistory): LeaseRequest {
    const { id, kind, model, requestedProvider, remixOf, tokenId } = generation;
    const serving = this.providers.providersOf(model, kind).map((entry) => entry.manifest.name);
    return {
      holder: id,
      kind,
      model,
      providers: requestedProvider === null ? serving : [requestedProvider],
      tokenId: remixOf === null ? null : tokenId,
      excluded: history.failedTokens,
    };
  }

  #track(id: string, run: Promise<void>): void {
    const tracked = run
      .catch((error: unknown) => {
        this.#logger.error(
          { generation: id, err: error },
          'A generation could not be dispatched; it is tried again',
        );
        this.#recover(id);
      })
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** After an error of our own (a database that is away) the generation is taken up where its row says it stands. */
  #recover(id: string): void {
    this.clock.setTimer(
      () => {
        const generation = this.store.live(id);
        if (generation === undefined || this.#shutdown.signal.aborted) return;
        if (generation.status === 'submitting') this.reconcile(id);
        if (generation.status === 'queued') this.dispatch(id, this.admit(generation, { force: true }));
      },
      backoffMs(RECOVERY_BACKOFF, this.settings.backoffMs, this.random),
    );
  }
}
