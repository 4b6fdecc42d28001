import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { assertNever, Random } from 'penstock/kernel';

import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { InputFiles } from '../input-files.js';
import { Acceptance } from './acceptance.js';
import { Cancellation } from './cancellation.js';
import { Dispatcher } from './dispatcher.js';
import { GenerationLeases } from './generation-leases.js';
import { Settlement } from './settlement.js';

/** Takes up, at start, every generation that the last run left unfinished. */
@Injectable()
export class Recovery implements OnApplicationBootstrap {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly leases: GenerationLeases,
    private readonly dispatcher: Dispatcher,
    private readonly acceptance: Acceptance,
    private readonly cancellation: Cancellation,
    private readonly settlement: Settlement,
    private readonly files: InputFiles,
    private readonly settings: GenerationSettings,
    private readonly random: Random,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const unfinished = await this.store.restore();
    await this.files.keepOnly(unfinished.map(({ input }) => input.reference));
    // Every lease is taken before anything new may start, so that limits hold from the first moment.
    for (const generation of unfinished) {
      if (generation.status !== 'queued' && generation.tokenId !== null) {
        await this.leases.adopt(generation, generation.tokenId);
      }
    }
    for (const generation of unfinished) await this.#resume(generation);
    if (unfinished.length > 0)
      this.#logger.log({ generations: unfinished.length }, 'Took up unfinished generations');
  }

  async #resume(generation: Generation): Promise<void> {
    const { id, status } = generation;
    switch (status) {
      case 'queued':
        if (generation.cancelRequested) await this.settlement.settle(id, { status: 'cancelled' });
        else this.dispatcher.dispatch(id, this.dispatcher.admit(generation, { force: true }));
        return;
      case 'submitting':
        this.dispatcher.reconcile(id);
        return;
      case 'in_progress':
        if (generation.cancelRequested) this.#cancel(generation);
        else this.acceptance.track(generation, this.random.next() * this.settings.resumeSpreadMs);
        return;
      case 'completed':
      case 'failed':
      case 'cancelled':
        return;
      default:
        assertNever(status);
    }
  }

  /** Goes on in the background: a slow upstream must not hold up the start. */
  #cancel(generation: Generation): void {
    this.cancellation.carryOut(generation).catch((error: unknown) => {
      this.#logger.error(
        { generation: generation.id, err: error },
        'A cancellation could not be carried out',
      );
    });
  }
}
