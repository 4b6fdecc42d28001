import { Injectable } from '@nestjs/common';
import { assertNever, Clock } from 'penstock/kernel';

import { TokenHealth } from '../../tokens/index.js';
import { UNFINISHED } from '../generation-status.js';
import { JobTaken, type GenerationPatch } from '../generation-change.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation, GenerationAsset } from '../generation.entity.js';
import { InputFiles } from '../input-files.js';
import { GenerationLeases } from './generation-leases.js';
import { Persistence } from '../../runtime/persistence.js';

/** How a generation ends. */
export type Ending =
  | { readonly status: 'completed'; readonly assets: readonly GenerationAsset[] }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'cancelled' };

/** Ends generations: the state is committed, then the lease is given back and the input file dropped. */
@Injectable()
export class Settlement {
  constructor(
    private readonly store: GenerationStore,
    private readonly persistence: Persistence,
    private readonly leases: GenerationLeases,
    private readonly files: InputFiles,
    private readonly health: TokenHealth,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends a generation once: the first of several endings holds. Waits for the database if need be: an ending is not
   * given up.
   *
   * @param more - what is written with it; a job that ends as it is accepted is written so that it survives a power cut
   * @returns the ended generation, or `null` when it had ended before, or the job belongs to another generation
   */
  async settle(
    id: string,
    ending: Ending,
    more: Pick<GenerationPatch, 'polls' | 'upstreamId' | 'startedAt'> = {},
  ): Promise<Generation | null> {
    const patch = { ...patchOf(ending), ...more, completedAt: this.clock.now() };
    const options = { from: UNFINISHED, durable: more.upstreamId !== undefined };
    const settled = await this.persistence.untilStored(() =>
      this.store.change(id, patch, options).catch(nullWhereTaken),
    );
    if (settled === null) return null;
    if (settled.tokenId !== null && ending.status !== 'cancelled')
      this.health.finished(settled.tokenId, ending.status);
    await this.leases.release(id);
    await this.files.discard(settled.input.reference);
    return settled;
  }
}

/** A job that comes with the ending may be that of another generation. */
function nullWhereTaken(error: unknown): null {
  if (error instanceof JobTaken) return null;
  throw error;
}

function patchOf(ending: Ending): GenerationPatch {
  switch (ending.status) {
    case 'completed':
      return { status: 'completed', progress: 100, assets: ending.assets };
    case 'failed':
      return { status: 'failed', errorCode: ending.code, errorMessage: ending.message };
    case 'cancelled':
      return { status: 'cancelled' };
    default:
      return assertNever(ending);
  }
}
