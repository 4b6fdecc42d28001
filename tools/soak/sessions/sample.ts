import { readdir } from 'node:fs/promises';

import { collectedHeap } from 'penstock/kernel/testing';
import type { SessionPool } from 'penstock/upstream';

/** What the process holds at one moment. */
export interface Sample {
  readonly origins: number;
  readonly open: number;
  readonly closing: number;
  /** Connections that the upstreams have. */
  readonly sockets: number;
  /** Of the whole process; `null` where the system does not tell. */
  readonly files: number | null;
  /** After a collection, in bytes. */
  readonly heap: number;
}

/** Looks after a collection of garbage. */
export async function sampleOf(pool: SessionPool, origins: number, sockets: number): Promise<Sample> {
  const { open, closing } = pool.stats();
  const files = await readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => null,
  );
  return { origins, open, closing, sockets, files, heap: collectedHeap() };
}
