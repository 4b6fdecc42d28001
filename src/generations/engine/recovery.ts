import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { GenerationStore } from '../generation-store.js';
import { InputFiles } from '../input-files.js';
import { Dispatcher } from './dispatcher.js';
import { GenerationLeases } from './generation-leases.js';

/** Takes up, at start, every generation that the last run left unfinished. */
@Injectable()
export class Recovery implements OnApplicationBootstrap {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly leases: GenerationLeases,
    private readonly dispatcher: Dispatcher,
    private readonly files: InputFiles,
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
    this.dispatcher.resumeAll(unfinished);
    if (unfinished.length > 0)
      this.#logger.log({ generations: unfinished.length }, 'Took up unfinished generations');
  }
}
