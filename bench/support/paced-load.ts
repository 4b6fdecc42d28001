import { setTimeout as pause } from 'node:timers/promises';

import { Pool } from 'undici';

/** A request that is made over and over. */
export interface PacedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** Requests that begin at fixed times, whether or not those before were answered. */
export interface PacedLoad {
  readonly url: string;
  readonly key: string;
  readonly perSecond: number;
  readonly request: (index: number) => PacedRequest;
  /** Ends the load. */
  readonly until: Promise<unknown>;
}

/**
 * Puts a load on a server as people do who know nothing of each other.
 *
 * @returns how long each took, in milliseconds, in rising order
 * @throws Error for any answer that is not 2xx
 */
export async function runPaced({
  url,
  key,
  perSecond,
  request,
  until,
}: PacedLoad): Promise<readonly number[]> {
  const pool = new Pool(url, { connections: 64, pipelining: 1 });
  const latencies: number[] = [];
  const load: { over: boolean; failure?: Error } = { over: false };
  const fail = (error: unknown): void => {
    load.over = true;
    load.failure ??= error instanceof Error ? error : new Error(String(error));
  };
  const end = until.then(() => (load.over = true)).catch(fail);
  const calls: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; !load.over; index += 1) {
    await pause(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
    calls.push(callOnce(pool, key, request(index)).then((ms) => void latencies.push(ms), fail));
  }
  await Promise.all([...calls, end]);
  await pool.close();
  if (load.failure !== undefined) throw load.failure;
  return latencies.sort((one, other) => one - other);
}

/** @returns how long it took, in milliseconds */
async function callOnce(pool: Pool, key: string, { method, path, body }: PacedRequest): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const sentAt = performance.now();
  const text = body === undefined ? null : JSON.stringify(body);
  const answer = await pool.request({ method, path, headers, body: text });
  const told = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path} answers ${String(answer.statusCode)}: ${told}`);
  return performance.now() - sentAt;
}
