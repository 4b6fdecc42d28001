import type { Sample } from './sample.js';

/** What a run is judged by. */
export interface SessionsEvidence {
  readonly maxSessions: number;
  /** Connections of one session at most. */
  readonly connections: number;
  /** Of rounds of the same length, the first one after the pool was full. */
  readonly samples: readonly Sample[];
  readonly failures: number;
  /** Once the pool was closed. */
  readonly socketsLeft: number;
}

/** What a measurement may be off by, such as the files that the look itself opens. */
const FILES_SLACK = 8;
const HEAP_SLACK = 4 * 1024 * 1024;

/** What grew, or was lost; nothing when everything is flat. */
export function sessionBreaches(evidence: SessionsEvidence): readonly string[] {
  const { maxSessions, connections, samples, failures, socketsLeft } = evidence;
  const breaches: string[] = [];
  const bound = (what: string, { origins }: Sample, got: number, most: number): void => {
    if (got > most)
      breaches.push(`After ${String(origins)} origins ${what}: ${String(got)}, at most ${String(most)}.`);
  };
  if (failures > 0) breaches.push(`${String(failures)} requests failed.`);
  if (socketsLeft > 0) breaches.push(`${String(socketsLeft)} sockets are left of a pool that was closed.`);
  const [first] = samples;
  for (const sample of samples) {
    bound('open sessions', sample, sample.open, maxSessions);
    bound('sessions that close', sample, sample.closing, 0);
    bound('sockets', sample, sample.sockets, maxSessions * connections);
    bound('files', sample, sample.files ?? 0, (first?.files ?? 0) + FILES_SLACK);
    bound('bytes of heap', sample, sample.heap, (first?.heap ?? 0) + HEAP_SLACK);
  }
  return breaches;
}
