import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock, longLivedAbort } from 'penstock/kernel';

import type { Principal } from '../auth/index.js';
import { requestIsAbout } from '../requests/request-context.js';
import { Cancellation } from './engine/cancellation.js';
import { Settlement } from './engine/settlement.js';
import { WaitingRoom } from './engine/waiting-room.js';
import { GenerationError } from './generation.errors.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationStore } from './generation-store.js';
import { isFinished, UNFINISHED } from './generation-status.js';
import type { Generation } from './generation.entity.js';

/** What clients do with generations that exist. A key sees its own ones; an admin key sees all. */
@Injectable()
export class GenerationsService implements BeforeApplicationShutdown {
  readonly #shutdown = longLivedAbort();

  constructor(
    private readonly store: GenerationStore,
    private readonly events: GenerationEvents,
    private readonly room: WaitingRoom,
    private readonly settlement: Settlement,
    private readonly cancellation: Cancellation,
    private readonly clock: Clock,
  ) {}

  /** @throws GenerationError `generation_not_found`, also for those of other keys */
  async get(id: string, principal: Principal): Promise<Generation> {
    const generation = await this.store.find(id);
    if (generation === null || !maySee(principal, generation)) throw GenerationError.notFound(id);
    const { tokenId, traceparent } = generation;
    requestIsAbout({ generationId: id, tokenId, generationTraceparent: traceparent });
    return generation;
  }

  /** Waits for the end of a generation, of the process or of `waitMs`, or for the signal, and says how it stands then. */
  async wait(id: string, principal: Principal, waitMs: number, signal?: AbortSignal): Promise<Generation> {
    const generation = await this.get(id, principal);
    if (isFinished(generation.status) || waitMs <= 0) return generation;
    const ended = new AbortController();
    const unsubscribe = this.events.subscribe(id, (changed) => {
      if (isFinished(changed.status)) ended.abort();
    });
    try {
      if (this.store.live(id) !== undefined) {
        await this.clock.sleep(waitMs, ended.signal, this.#shutdown.signal, signal);
      }
      return await this.get(id, principal);
    } finally {
      unsubscribe();
    }
  }

  /**
   * Stops a generation. One whose submission is on its way is stopped as soon as the upstream has answered.
   *
   * @throws GenerationError `already_finished` when it completed or failed before
   */
  async cancel(id: string, principal: Principal): Promise<Generation> {
    const generation = await this.get(id, principal);
    if (generation.status === 'cancelled') return generation;
    if (isFinished(generation.status)) throw alreadyFinished(generation);
    if (!(await this.#cancelWaiting(generation))) {
      const flagged = await this.store.change(id, { cancelRequested: true }, { from: UNFINISHED });
      if (flagged?.status === 'in_progress') await this.cancellation.carryOut(flagged);
      // A rejected submission may have put it back into the queue just before.
      else if (flagged !== null) await this.#cancelWaiting(flagged);
    }
    return this.get(id, principal);
  }

  async #cancelWaiting({ id, status }: Generation): Promise<boolean> {
    if (status !== 'queued' || !this.room.withdraw(id)) return false;
    await this.settlement.settle(id, { status: 'cancelled' });
    return true;
  }

  /**
   * Forgets a finished generation.
   *
   * @throws GenerationError `not_finished` while work is left to do
   */
  async remove(id: string, principal: Principal): Promise<void> {
    const generation = await this.get(id, principal);
    if ((await this.store.remove(id, this.clock.now())) || isFinished(generation.status)) return;
    throw GenerationError.of(
      'not_finished',
      `${id} is ${generation.status}. Cancel it, or wait for its end, before you delete it.`,
    );
  }

  /** Nobody is kept waiting for what another process will see. */
  beforeApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}

/** Whether a key may know of a generation. */
function maySee(principal: Principal, generation: Generation): boolean {
  return principal.scopes.includes('admin') || generation.ownerId === principal.keyId;
}

const alreadyFinished = ({ id, status }: Generation): GenerationError =>
  GenerationError.of('already_finished', `${id} is ${status} already; there is nothing left to cancel.`);
