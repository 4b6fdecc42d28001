import { setTimeout as pause } from 'node:timers/promises';

/** A batch that has ended. */
export interface EndedBatch {
  readonly state: string;
  readonly results: Readonly<Record<string, number>>;
}

/** What a process used. */
export interface Usage {
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly loopDelayP99Ms: number;
}

/** What benches ask of a gateway. */
export class BatchApi {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async addToken(secret: string, baseUrl: string): Promise<void> {
    await this.#json('POST', '/admin/tokens', { provider: 'openai-videos', label: 'bench', secret, baseUrl });
  }

  /** @returns the id of a video that is under way */
  async createVideo(): Promise<string> {
    const body = { model: 'sora-2', prompt: 'bench' };
    return (await this.#json<{ readonly id: string }>('POST', '/v1/videos', body)).id;
  }

  /** Imports NDJSON. @returns the id of the batch, once it was accepted */
  async importTokens(text: string): Promise<string> {
    // Tokens that no generation can be put on: the load shall meet the same token before and after.
    const path = '/admin/tokens/import?provider=replicate';
    return (await this.#json<{ readonly id: string }>('POST', path, text)).id;
  }

  /** Waits until a batch has ended. @throws Error when it did not complete */
  async end(id: string): Promise<EndedBatch> {
    for (;;) {
      const batch = await this.#json<EndedBatch>('GET', `/admin/batches/${id}`);
      if (batch.state === 'completed') return batch;
      if (batch.state !== 'running') throw new Error(`Batch ${id} is ${batch.state}.`);
      await pause(200);
    }
  }

  /** Memory of the gateway's process. */
  async residentMiB(): Promise<number> {
    return (await this.#metrics())('process_resident_memory_bytes') / 2 ** 20;
  }

  /** What its process used so far, and how late its event loop was since this was asked before. */
  async usage(): Promise<Usage> {
    const valueOf = await this.#metrics();
    return {
      cpuSeconds: valueOf('process_cpu_seconds_total'),
      loopDelayP99Ms: valueOf('nodejs_eventloop_lag_p99_seconds') * 1_000,
    };
  }

  /** Changes what is logged from now on. */
  async setLogLevel(level: string): Promise<void> {
    const { version } = await this.#json<{ readonly version: number }>('GET', '/admin/settings/logging');
    await this.#call('PUT', '/admin/settings/logging', { level }, { 'if-match': `"${version}"` });
  }

  /** Reads the metrics. @returns the value of the one with this name and no labels */
  async #metrics(): Promise<(name: string) => number> {
    const text = await (await this.#call('GET', '/metrics')).text();
    return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async #json<T>(method: 'GET' | 'POST', path: string, body?: object | string): Promise<T> {
    return (await (await this.#call(method, path, body)).json()) as T;
  }

  async #call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answers ${String(answer.status)}: ${await answer.text()}`);
    return answer;
  }
}
