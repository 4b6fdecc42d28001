import type { Clock } from 'penstock/kernel';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Repeats what a store refuses for a while, until it succeeds or everything ends. */
export class Patience {
  /** @param onTrouble - told of every failure, and the pause that follows */
  constructor(
    private readonly clock: Clock,
    private readonly stop: AbortSignal,
    private readonly onTrouble: (error: unknown, pauseMs: number) => void,
  ) {}

  /**
   * Calls `work`, which is safe to repeat, with growing pauses of at most 5 s.
   *
   * @throws the last error when everything ends meanwhile
   */
  async until<T>(work: () => Promise<T>): Promise<T> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (this.stop.aborted) throw error;
        this.onTrouble(error, pauseMs);
        await this.clock.sleep(pauseMs, this.stop);
      }
    }
  }
}
