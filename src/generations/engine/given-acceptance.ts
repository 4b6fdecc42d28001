import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { SubmittedJob } from 'penstock/plugin-api';

import { GenerationStore } from '../generation-store.js';
import { GivenContent, type GivenFile } from '../given-content.js';
import { Settlement } from './settlement.js';

/**
 * Accepts jobs whose files came with the answer to the submission. The files are kept first; then one change gives the job
 * to the generation and completes it. A process that is killed before that change leaves an attempt without an answer,
 * which ends as `submission_unknown`: it is never sent again.
 */
@Injectable()
export class GivenAcceptance {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly contents: GivenContent,
    private readonly settlement: Settlement,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the generation: as completed; as cancelled when that was asked for; as failed with `result_not_kept` when
   * nothing here takes the files.
   *
   * @returns `false` when the job belongs to another generation, or what was given is not what it is said to be
   */
  async accept(id: string, job: SubmittedJob, content: readonly Uint8Array[]): Promise<boolean> {
    const claim = { upstreamId: job.jobId, startedAt: this.clock.now() };
    const generation = this.store.live(id);
    if (generation === undefined) return true;
    if (generation.cancelRequested) {
      await this.settlement.settle(id, { status: 'cancelled' }, claim);
      return this.store.live(id) === undefined;
    }
    const files = filesOf(job, content);
    if (files === null) {
      this.#logger.error(
        { generation: id },
        'The provider gave files that do not fit what it says of the job',
      );
      return false;
    }
    try {
      await this.contents.keep(id, files);
    } catch (error) {
      this.#logger.error({ generation: id, err: error }, 'Files that were given with an answer are lost');
      const message = 'The upstream made it and gave it with its answer, but it could not be stored here.';
      await this.settlement.settle(id, { status: 'failed', code: 'result_not_kept', message }, claim);
      return this.store.live(id) === undefined;
    }
    const { assets } = job.snapshot;
    await this.settlement.settle(id, { status: 'completed', assets }, claim);
    return this.store.live(id) === undefined;
  }
}

/** Plugins are not all written in TypeScript. @returns `null` for what is no file for each asset of a completed job */
function filesOf(
  { snapshot: { status, assets } }: SubmittedJob,
  content: readonly Uint8Array[],
): readonly GivenFile[] | null {
  if (status !== 'completed' || assets.length === 0 || content.length !== assets.length) return null;
  const files = assets.flatMap(({ contentType }, index) => {
    const bytes: unknown = content[index];
    return bytes instanceof Uint8Array && bytes.byteLength > 0 ? [{ contentType, bytes }] : [];
  });
  return files.length === assets.length ? files : null;
}
