import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock, longLivedAbort } from 'penstock/kernel';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Writes that must not be given up because the database is busy, full or away for a while. */
@Injectable()
export class Persistence implements BeforeApplicationShutdown {
  readonly #logger = new Logger(Persistence.name);
  readonly #shutdown = longLivedAbort();

  constructor(private readonly clock: Clock) {}

  /**
   * Repeats `write` until it succeeds, with growing pauses of at most 5 s. `write` is safe to repeat.
   *
   * @throws the last error of `write` when the process ends meanwhile; the next start reconciles what was lost
   */
  async untilStored<T>(write: () => Promise<T>): Promise<T> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await write();
      } catch (error) {
        if (this.#shutdown.signal.aborted) throw error;
        this.#logger.error(
          { err: error, retryInMs: pauseMs },
          'The database did not take a change that must not be lost; trying again',
        );
        await this.clock.sleep(pauseMs, this.#shutdown.signal);
      }
    }
  }

  beforeApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}
