import type { Clock, JsonValue } from 'penstock/kernel';
import {
  classifyAnswer,
  type JsonAnswer,
  ProviderError,
  type ProviderFailure,
  type ProviderHttp,
  type ProviderRequest,
  type StreamAnswer,
} from 'penstock/plugin-api';
import { type Lane, UpstreamError, type UpstreamClient, type UpstreamResponse } from 'penstock/upstream';

import { describeAnswer } from './describe-answer.js';
import type { Redact } from './redactor.js';

const JSON_LIMIT = 8 * 1024 * 1024;
const FAILURE_LIMIT = 64 * 1024;
const MESSAGE_LIMIT = 300;

/** Whose upstream a {@link UpstreamProviderHttp} speaks to. */
export interface HttpBinding {
  readonly baseUrl: string;
  readonly proxyUrl: string | null;
  readonly signal: AbortSignal;
  /** Applied to every message before it leaves. */
  readonly redact: Redact;
}

/** {@link ProviderHttp} over the sessions of the upstream lib, bound to one token for one call. */
export class UpstreamProviderHttp implements ProviderHttp {
  constructor(
    private readonly client: UpstreamClient,
    private readonly clock: Clock,
    private readonly binding: HttpBinding,
  ) {}

  async json(request: ProviderRequest): Promise<JsonAnswer> {
    const answer = await this.#answer(request, 'calls');
    const { status, headers } = answer;
    const text = await this.#transport(() => answer.text(JSON_LIMIT));
    if (status === 204) return { status, headers, body: null };
    const body = parse(text);
    if (body === undefined && isSuccess(status)) {
      const type = headers['content-type'] ?? 'no content type';
      throw this.#error(
        { kind: 'ambiguous' },
        `${nameOf(request)} answered ${status} with ${type}, not JSON.`,
      );
    }
    return { status, headers, body: body ?? text };
  }

  stream(request: ProviderRequest): Promise<StreamAnswer> {
    return this.#answer(request, 'downloads');
  }

  async #answer(request: ProviderRequest, lane: Lane): Promise<UpstreamResponse> {
    const { accept, classify, ...rest } = request;
    const { proxyUrl, signal } = this.binding;
    const place = placeOf(request.path, this.binding.baseUrl);
    const answer = await this.#transport(() =>
      this.client.request({ ...rest, ...place, proxyUrl, lane, signal }),
    );
    const { status, headers } = answer;
    if (isSuccess(status) || accept?.includes(status) === true) return answer;
    // The status stands even when the body breaks off.
    const text = await answer.excerpt(FAILURE_LIMIT).catch(() => '');
    const seen = { status, headers, body: parse(text) ?? text };
    const failure = classify?.(seen) ?? classifyAnswer(seen, this.clock.now());
    throw this.#error(failure, `${nameOf(request)} answered ${status}: ${describeAnswer(seen.body)}`);
  }

  async #transport<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const failure: ProviderFailure =
        error.sent === 'no' ? { kind: 'transient', retryAfterMs: null } : { kind: 'ambiguous' };
      throw this.#error(failure, error.message, error);
    }
  }

  #error(failure: ProviderFailure, message: string, cause?: unknown): ProviderError {
    // Redacted before it is cut, so that no half of a secret is left at the end.
    return new ProviderError(failure, this.binding.redact(message).slice(0, MESSAGE_LIMIT), { cause });
  }
}

/** Splits a whole URL, as the client takes it. */
function placeOf(path: string, baseUrl: string): { readonly baseUrl: string; readonly path: string } {
  const [, origin, rest = ''] = /^(https?:\/\/[^/]*)(.*)$/.exec(path) ?? [];
  return origin === undefined ? { baseUrl, path } : { baseUrl: origin, path: rest };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const nameOf = ({ method, path }: ProviderRequest): string => `${method} ${path}`;

function parse(text: string): JsonValue | undefined {
  try {
    // What JSON.parse returns is a JsonValue by its definition.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
