import { Pool } from 'undici';

/** What a load is made of. */
export interface Load {
  readonly url: string;
  readonly key: string;
  /** Sent with every request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Callers that each wait for an answer before they ask again. */
  readonly callers: number;
  /** Requests in all. */
  readonly requests: number;
  readonly request: (index: number) => {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly body?: object;
  };
}

/** How long each request took, in milliseconds, in rising order, and how many were answered in a second. */
export interface LoadResult {
  readonly latencies: readonly number[];
  readonly perSecond: number;
}

/** Puts a closed-loop load on a server. @throws Error for any answer that is not 2xx */
export async function runLoad({ url, key, headers, callers, requests, request }: Load): Promise<LoadResult> {
  const pool = new Pool(url, { connections: callers, pipelining: 1 });
  const latencies: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const { method, path, body } = request(index);
      const startedAt = performance.now();
      const answer = await pool.request({
        method,
        path,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      latencies.push(performance.now() - startedAt);
      if (answer.statusCode >= 300) throw new Error(`${path} answers ${String(answer.statusCode)}: ${text}`);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { latencies: latencies.sort((a, b) => a - b), perSecond: requests / seconds };
}
