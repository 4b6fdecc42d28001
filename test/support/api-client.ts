import { ADMIN_KEY } from './gateway-process.js';

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: Json;
}

/** JSON, for tests that look into it by path. */
export type Json = Record<string, never> & { readonly [key: string]: Json } & readonly Json[] &
  string &
  number;

/** A generation, as far as tests look at it. */
export interface GenerationBody {
  readonly id: string;
  readonly status: string;
  readonly progress: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly tokenId: string | null;
  readonly attempts: number;
  readonly polls: number;
}

/** The native and the admin API of a gateway, by `fetch`. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly key: string = ADMIN_KEY,
  ) {}

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body: (isJson ? JSON.parse(text) : text) as Json,
    };
  }

  /** Adds a token of the OpenAI Videos provider. @returns its id */
  async addToken(secret: string, baseUrl: string, more: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.request('POST', '/admin/tokens', {
      provider: 'openai-videos',
      label: 'of a test',
      secret,
      baseUrl,
      ...more,
    });
    if (answer.status !== 201) throw new Error(`The token was refused: ${JSON.stringify(answer.body)}`);
    return String(answer.body['id']);
  }

  /** Makes an API key. @returns the key itself */
  async addKey(
    label: string,
    scopes: readonly string[],
    limits: Readonly<Record<string, number>> | null = null,
  ): Promise<string> {
    const answer = await this.request('POST', '/admin/keys', { label, scopes, limits });
    if (answer.status !== 201) throw new Error(`The key was refused: ${JSON.stringify(answer.body)}`);
    return String(answer.body['key']);
  }

  async generate(prompt: string, more: Record<string, unknown> = {}): Promise<GenerationBody> {
    const answer = await this.request('POST', '/v1/generations', {
      model: 'sora-2',
      input: { prompt },
      ...more,
    });
    if (answer.status !== 202) throw new Error(`The generation was refused: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** How a generation stands now. */
  async read(id: string): Promise<GenerationBody> {
    const { status, body } = await this.request('GET', `/v1/generations/${id}`);
    if (status !== 200) throw new Error(`${id} cannot be read: ${String(status)} ${JSON.stringify(body)}`);
    return body;
  }

  /** Waits until the generation has a status. */
  async reach(id: string, status: string, timeoutMs = 10_000): Promise<GenerationBody> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const generation = await this.read(id);
      if (generation.status === status) return generation;
      if (performance.now() > deadline)
        throw new Error(`${id} is not ${status}: ${JSON.stringify(generation)}`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Long-polls until the generation ends. */
  async end(id: string, timeoutMs = 60_000): Promise<GenerationBody> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { status, body } = await this.request('GET', `/v1/generations/${id}?wait=20`);
      if (status !== 200) throw new Error(`${id} cannot be read: ${String(status)} ${JSON.stringify(body)}`);
      const generation = body as GenerationBody;
      if (['completed', 'failed', 'cancelled'].includes(generation.status)) return generation;
      if (performance.now() > deadline) throw new Error(`${id} has not ended: ${JSON.stringify(generation)}`);
    }
  }
}
