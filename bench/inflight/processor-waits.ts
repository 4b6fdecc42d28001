import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

const PERIOD_MS = 10;

interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the process had waited for a processor by then, in milliseconds. */
  readonly waited: number;
}

/**
 * Tells what a process did late from what it did late only because others had the processors. Where the system does not say how long
 * its main thread waited for one (only Linux does), that counts as none.
 */
export class ProcessorWaits {
  readonly #samples: Sample[] = [];

  constructor() {
    this.#sample();
    setInterval(() => {
      this.#sample();
    }, PERIOD_MS).unref();
  }

  /** How late each turn of a timer was, in rising order, in milliseconds, without waits for a processor. */
  loopDelays(since: number): number[] {
    const delays = this.#samples.slice(1).flatMap(({ at }, index) => {
      const before = this.#samples[index]?.at ?? at;
      return before < since ? [] : [this.without(before + PERIOD_MS, at)];
    });
    return delays.sort((a, b) => a - b);
  }

  /** The milliseconds from `due` until `begun` in which the process did not wait for a processor. */
  without(due: number, begun: number): number {
    return Math.max(0, begun - due - (this.#waitedAt(begun) - this.#waitedAt(due)));
  }

  /** By the sample before that time, and by the one after it for what is not sampled yet. */
  #waitedAt(at: number): number {
    let [low, high] = [0, this.#samples.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#samples[middle]?.at ?? Infinity) <= at) low = middle;
      else high = middle - 1;
    }
    return this.#samples[low]?.waited ?? 0;
  }

  #sample(): void {
    this.#samples.push({ at: performance.timeOrigin + performance.now(), waited: waitedMs() });
  }
}

function waitedMs(): number {
  if (platform() !== 'linux') return 0;
  const [, waitedNs] = readFileSync('/proc/self/schedstat', 'latin1').split(' ');
  return Number(waitedNs) / 1e6;
}
