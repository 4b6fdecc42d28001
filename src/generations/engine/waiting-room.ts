import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import {
  AdmissionQueue,
  type EntryOptions,
  type LeaseRequest,
  type Returning,
  type Ticket,
} from 'penstock/balancer';
import { ProviderRegistry } from 'penstock/plugin-host';
import { TokenCache } from 'penstock/token-cache';

import { GenerationError } from '../generation.errors.js';
import type { Generation } from '../generation.entity.js';

/** How a generation enters the queue. */
export interface RoomEntry extends Omit<EntryOptions, 'priority'> {
  /** Ids of tokens that shall not serve it. @defaultValue none */
  readonly excluded?: ReadonlySet<string>;
}

/** The places of this process's generations in the admission queue. */
@Injectable()
export class WaitingRoom implements BeforeApplicationShutdown {
  readonly #logger = new Logger('generations');
  readonly #tickets = new Map<string, Ticket>();
  #closed = false;

  constructor(
    private readonly queue: AdmissionQueue,
    private readonly providers: ProviderRegistry,
    private readonly tokens: TokenCache,
  ) {}

  /**
   * Takes a place in the queue.
   *
   * @throws BalancerError `no_usable_token` when no token could ever serve it, `queue_full`, `shutting_down`
   * @throws GenerationError `shutting_down`
   */
  enter(generation: Generation, { excluded = new Set(), ...options }: RoomEntry = {}): Ticket {
    if (this.#closed) {
      throw GenerationError.of('shutting_down', 'This process is about to end. Ask again in a moment.', {
        retryAfterMs: 1_000,
      });
    }
    const { id, priority } = generation;
    const ticket = this.queue.enter({ ...this.#needsOf(generation), excluded }, { ...options, priority });
    this.#tickets.set(id, ticket);
    const leave = (): void => {
      if (this.#tickets.get(id) === ticket) this.#tickets.delete(id);
    };
    ticket.lease.then(leave, leave);
    return ticket;
  }

  /** Generations that come back together, in the order in which they are to enter. */
  inTurn(
    generations: readonly Generation[],
    askedOf: (generation: Generation) => Returning['asked'],
  ): readonly Generation[] {
    return this.queue.inTurn(generations, (generation) => ({
      priority: generation.priority,
      asked: askedOf(generation),
    }));
  }

  /** Whether a token that could serve it is off because of errors only, so that waiting may help. */
  mayRecover(generation: Generation): boolean {
    const { kind, providers, tokenId } = this.#needsOf(generation);
    const { ofProvider } = this.tokens.snapshot();
    return providers
      .flatMap((name) => ofProvider(name))
      .some(({ id, recovering, limits }) => recovering && limits[kind] !== 0 && (tokenId ?? id) === id);
  }

  /** Gives up a place whose generation could not be stored. */
  dismiss(ticket: Ticket): void {
    if (ticket.cancel()) return;
    ticket.lease
      .then((lease) => lease.release())
      .catch((error: unknown) => {
        this.#logger.error({ err: error }, 'A lease that nobody needs could not be given back');
      });
  }

  /** Takes a generation out of the queue. @returns `false` when it does not wait (any more) */
  withdraw(id: string): boolean {
    return this.#tickets.get(id)?.cancel() ?? false;
  }

  /** Place among those that wait for the same tokens, from 1; `null` when it does not wait. */
  position(id: string): number | null {
    return this.#tickets.get(id)?.position() ?? null;
  }

  /** How long it may still wait for a token, in milliseconds; `null` when it does not wait, or nobody can tell. */
  estimatedWaitMs(id: string): number | null {
    return this.#tickets.get(id)?.estimatedWaitMs() ?? null;
  }

  /** Generations that wait, the first to enter first. */
  waiting(): readonly string[] {
    return [...this.#tickets.keys()];
  }

  /** All have to leave; their rows say where the next start takes them up. */
  beforeApplicationShutdown(): void {
    this.#closed = true;
    for (const ticket of this.#tickets.values()) ticket.cancel();
  }

  #needsOf({
    id,
    kind,
    model,
    requestedProvider,
    remixOf,
    tokenId,
  }: Generation): Omit<LeaseRequest, 'excluded'> {
    const serving = this.providers.providersOf(model, kind).map((entry) => entry.manifest.name);
    return {
      holder: id,
      kind,
      model,
      providers: requestedProvider === null ? serving : [requestedProvider],
      tokenId: remixOf === null ? null : tokenId,
    };
  }
}
