import { Injectable } from '@nestjs/common';

import { mayAskFor, type Principal } from '../auth/index.js';
import { requestIsAbout } from '../requests/request-context.js';
import { Dispatcher } from './engine/dispatcher.js';
import { WaitingRoom } from './engine/waiting-room.js';
import { GenerationError } from './generation.errors.js';
import { GenerationFactory, type NewGeneration } from './generation.factory.js';
import { GenerationStore } from './generation-store.js';
import type { Generation } from './generation.entity.js';
import { InputFiles } from './input-files.js';

/** What a request to create came to. */
export interface Creation {
  readonly generation: Generation;
  /** Whether the same request had been made before under its idempotency key. */
  readonly replayed: boolean;
}

/** Creates generations: a place in the queue first, then the durable row, then the work. */
@Injectable()
export class GenerationCreation {
  constructor(
    private readonly factory: GenerationFactory,
    private readonly store: GenerationStore,
    private readonly room: WaitingRoom,
    private readonly dispatcher: Dispatcher,
    private readonly files: InputFiles,
  ) {}

  /**
   * When this resolves, the generation is durable and will come to an end, whoever goes away.
   *
   * @throws GenerationError `idempotency_conflict` when the key was used for another request, `priority_not_allowed`
   * @throws BalancerError `queue_full`, or `no_usable_token` when no token could ever serve it
   */
  async create(request: NewGeneration, principal: Principal): Promise<Creation> {
    const { keyId, priority: standing } = principal;
    const generation = this.factory.create(request, keyId, standing.default);
    try {
      checkPriority(principal, generation);
      await this.#start(generation);
      requestIsAbout({ generationId: generation.id, generationTraceparent: generation.traceparent });
      return { generation, replayed: false };
    } catch (error) {
      await this.files.discard(request.reference);
      // Under a key that was used before, the row of the first request keeps the second one out.
      const earlier = await this.#replayed(generation);
      if (earlier === null) throw error;
      requestIsAbout({ generationId: earlier.id, generationTraceparent: earlier.traceparent });
      return { generation: earlier, replayed: true };
    }
  }

  async #start(generation: Generation): Promise<void> {
    const ticket = this.room.enter(generation);
    try {
      await this.store.insert(generation);
    } catch (error) {
      this.room.dismiss(ticket);
      throw error;
    }
    this.dispatcher.dispatch(generation.id, ticket);
  }

  async #replayed(generation: Generation): Promise<Generation | null> {
    if (generation.idempotencyKey === null) return null;
    const earlier = await this.store.findByIdempotencyKey(generation.ownerId, generation.idempotencyKey);
    if (earlier === null) return null;
    if (earlier.requestHash !== generation.requestHash) {
      throw GenerationError.of(
        'idempotency_conflict',
        `Idempotency-Key "${generation.idempotencyKey}" was used for another request (${earlier.id}). Use a new key for a new request.`,
        { field: 'Idempotency-Key' },
      );
    }
    return this.store.live(earlier.id) ?? earlier;
  }
}

function checkPriority(principal: Principal, { priority }: Generation): void {
  if (mayAskFor(principal, priority)) return;
  throw GenerationError.of(
    'priority_not_allowed',
    `priority: got "${priority}", but this API key may ask for "${principal.priority.max}" at most. Ask for less, or have an ` +
      `operator raise "priority.max" of the key.`,
    { field: 'priority' },
  );
}
