import type { Clock } from 'penstock/kernel';

import type { ContentKeeper, GivenFile } from '../given-content.js';

/** A place for files that outlives processes. It takes a while, and fails when it is told to. */
export class GivenShelf {
  /** By generation and position, such as `gen_1/0`. */
  readonly files = new Map<string, string>();
  /** How many writes fail from now on. */
  failures = 0;
  /** How long a write takes. */
  delayMs = 0;
  /** Told of each file that is there now. */
  onKept: () => void = () => undefined;

  /** As the process sees it whose clock this is: with the process, its writes end. */
  of(clock: Clock): ContentKeeper {
    return {
      keep: async (id: string, position: number, { bytes }: GivenFile) => {
        if (this.delayMs > 0) await clock.sleep(this.delayMs);
        if (this.failures > 0) {
          this.failures -= 1;
          throw new Error('EIO: write');
        }
        this.files.set(`${id}/${String(position)}`, Buffer.from(bytes).toString());
        this.onKept();
      },
    };
  }
}
