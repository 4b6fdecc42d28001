import type { Clock } from 'penstock/kernel';

/** Shorter than any scraper waits, so that what cannot be read now does not cost all that can. */
const LONGEST_MS = 500;

/** Reads a metric's values. */
export type Collect<Metric> = (metric: Metric) => void | Promise<void>;

/**
 * Bounds how long a scrape waits for values that are not at hand, such as those of a database whose connections are all
 * in use. What takes longer goes on, and is not begun anew meanwhile.
 */
export function boundedCollect<Metric>(collect: Collect<Metric>, clock: Clock): Collect<Metric> {
  let running: Promise<void> | undefined;
  return (metric) => {
    if (running === undefined) {
      const begun = collect(metric);
      if (!(begun instanceof Promise)) return;
      running = begun.finally(() => {
        running = undefined;
      });
    }
    return untilEnd(running, clock);
  };
}

function untilEnd(running: Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(resolve, LONGEST_MS);
    running.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}
