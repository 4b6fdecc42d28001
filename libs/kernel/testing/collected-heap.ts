import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects all garbage, now. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** The heap that is left after a collection of garbage, in bytes. */
export function collectedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
