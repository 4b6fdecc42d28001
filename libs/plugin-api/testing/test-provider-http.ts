import type { Readable } from 'node:stream';

import { Agent, request as send } from 'undici';

import type { Clock, JsonValue } from 'penstock/kernel';
import {
  classifyAnswer,
  edgeChallengeIn,
  type JsonAnswer,
  ProviderError,
  type ProviderHttp,
  type ProviderRequest,
  type StreamAnswer,
} from 'penstock/plugin-api';

const JSON_LIMIT = 8 * 1024 * 1024;
const FAILURE_LIMIT = 64 * 1024;
const TIMEOUT_MS = 10_000;

/** The request surely never left when the connection failed in one of these ways. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a {@link TestProviderHttp} is bound to. */
export interface TestProviderHttpOptions {
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Cut out of every error message. */
  readonly secrets: readonly string[];
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** {@link ProviderHttp} without sessions, proxies and edges: one connection a request. */
export class TestProviderHttp implements ProviderHttp {
  readonly #agent = new Agent({ pipelining: 0, connect: { timeout: 2000 } });

  constructor(private readonly options: TestProviderHttpOptions) {}

  async json(request: ProviderRequest): Promise<JsonAnswer> {
    const { status, headers, body } = await this.#answer(request);
    const text = await read(body, request.answerBytes ?? JSON_LIMIT).catch((cause: unknown) => {
      throw this.#failure(request, { kind: 'ambiguous' }, 'the answer broke off or is too large', cause);
    });
    if (status === 204) return { status, headers, body: null };
    const parsed = parse(text);
    if (parsed === undefined && status < 300) {
      throw this.#failure(request, { kind: 'ambiguous' }, `${status} with a body that is not JSON`);
    }
    return { status, headers, body: parsed ?? text };
  }

  stream(request: ProviderRequest): Promise<StreamAnswer> {
    return this.#answer(request);
  }

  async #answer(request: ProviderRequest): Promise<RawAnswer> {
    const answer = await this.#send(request);
    const { status, headers, body } = answer;
    if ((status >= 200 && status < 300) || request.accept?.includes(status) === true) return answer;
    const text = await readAtMost(body, FAILURE_LIMIT);
    const seen = { status, headers, body: parse(text) ?? text };
    const ofProvider = edgeChallengeIn(seen) === undefined ? request.classify?.(seen) : undefined;
    const failure = ofProvider ?? classifyAnswer(seen, this.options.clock.now());
    throw this.#failure(request, failure, `${status} ${text}`);
  }

  async #send(request: ProviderRequest): Promise<RawAnswer> {
    const { signal } = this.options;
    if (signal.aborted) throw this.#failure(request, { kind: 'transient', retryAfterMs: null }, 'aborted');
    try {
      const { statusCode, headers, body } = await send(this.#url(request), {
        method: request.method,
        ...(await contentOf(request)),
        dispatcher: this.#agent,
        signal,
        headersTimeout: request.timeoutMs ?? TIMEOUT_MS,
      });
      // A body that is destroyed early, or that breaks off when nobody reads it, must not end the process.
      body.on('error', () => undefined);
      return { status: statusCode, headers: flatten(headers), body };
    } catch (cause) {
      const neverSent = NEVER_SENT.has(codeOf(cause));
      const failure = neverSent
        ? ({ kind: 'transient', retryAfterMs: null } as const)
        : ({ kind: 'ambiguous' } as const);
      throw this.#failure(request, failure, neverSent ? 'no connection' : 'no answer', cause);
    }
  }

  #url(request: ProviderRequest): string {
    const isAbsolute = /^https?:/.test(request.path);
    const url = new URL(isAbsolute ? request.path : this.options.baseUrl + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  #failure(
    request: ProviderRequest,
    failure: ProviderError['failure'],
    what: string,
    cause?: unknown,
  ): ProviderError {
    const message = this.options.secrets.reduce(
      (text, secret) => text.replaceAll(secret, '[redacted]'),
      `${request.method} ${request.path}: ${what}`,
    );
    return new ProviderError(failure, message.slice(0, 300), { cause });
  }
}

async function contentOf({ headers, body }: ProviderRequest): Promise<{
  readonly headers: Record<string, string>;
  readonly body: Buffer | string | null;
}> {
  if (body === undefined) return { headers: { ...headers }, body: null };
  if ('json' in body) {
    return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body.json) };
  }
  const form = new Response('form' in body ? body.form : new URLSearchParams(body.urlencoded));
  return {
    headers: { ...headers, 'content-type': form.headers.get('content-type') ?? '' },
    body: Buffer.from(await form.arrayBuffer()),
  };
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** The whole body as text. @throws Error when it breaks off or is longer than `limit` bytes. */
async function read(body: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw new Error(`The body is longer than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What came of the body before it ended, broke off or passed `limit` bytes. */
async function readAtMost(body: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= limit) break;
    }
  } catch {
    // The status has been told; a body that broke off adds nothing that could be relied on.
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
