import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

/** Before further attempts to keep a file, in milliseconds. The file is in memory meanwhile, and nowhere else. */
const PAUSES_MS = [500, 1_500, 3_000, 5_000];

/** A file that came with the answer to a submission. */
export interface GivenFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Port: a place that keeps files from which `AssetShelves` hands them over. */
export interface ContentKeeper {
  /**
   * Keeps a file, so that it outlives a power cut. May be repeated.
   *
   * @param position - among the files of the generation
   */
  keep(generationId: string, position: number, file: GivenFile): Promise<void>;
}

/**
 * Keeps the files that come with the answers to submissions, which no upstream hands over a second time. The keeper is
 * set before the first submission.
 */
@Injectable()
export class GivenContent {
  readonly #logger = new Logger('generations');
  #keeper: ContentKeeper | undefined;

  constructor(private readonly clock: Clock) {}

  use(keeper: ContentKeeper): void {
    this.#keeper = keeper;
  }

  /**
   * Keeps all files of a generation. A keeper that fails is asked five times in ten seconds.
   *
   * @throws the last error of the keeper; an error when there is none
   */
  async keep(generationId: string, files: readonly GivenFile[]): Promise<void> {
    for (const [position, file] of files.entries()) {
      await this.#keepOne(generationId, position, file);
    }
  }

  async #keepOne(generationId: string, position: number, file: GivenFile): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined) throw new Error('Nothing here keeps files.');
    for (const pauseMs of [...PAUSES_MS, null]) {
      try {
        await keeper.keep(generationId, position, file);
        return;
      } catch (error) {
        if (pauseMs === null) throw error;
        const about = { generation: generationId, position, retryInMs: pauseMs, err: error };
        this.#logger.error(about, 'A file that was given with an answer could not be kept; trying again');
        await this.clock.sleep(pauseMs);
      }
    }
  }
}
