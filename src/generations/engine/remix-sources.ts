import { Injectable } from '@nestjs/common';
import type { JobReference } from 'penstock/plugin-api';

import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';

/** The jobs that remixes are made from. */
@Injectable()
export class RemixSources {
  constructor(private readonly store: GenerationStore) {}

  /**
   * The job that this generation remixes; `null` when it is no remix.
   *
   * @throws GenerationError `source_gone` when the source was deleted meanwhile: without it, it would be another request
   */
  async of({ id, remixOf }: Generation): Promise<JobReference | null> {
    if (remixOf === null) return null;
    const source = await this.store.find(remixOf);
    if (source?.upstreamId == null) {
      throw GenerationError.of('source_gone', `${remixOf}, which ${id} was to remix, was deleted meanwhile.`);
    }
    return { jobId: source.upstreamId, kind: source.kind, model: source.model };
  }
}
