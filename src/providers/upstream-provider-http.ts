import type { Clock, JsonValue } from 'penstock/kernel';
import {
  classifyAnswer,
  edgeChallengeIn,
  type JsonAnswer,
  parseRetryAfter,
  ProviderError,
  type ProviderFailure,
  type ProviderHttp,
  type ProviderRequest,
  retryAfterOf,
  type StreamAnswer,
  type UpstreamAnswer,
} from 'penstock/plugin-api';
import {
  type Lane,
  type Passage,
  type ProxyPassage,
  UpstreamError,
  type UpstreamClient,
  type UpstreamResponse,
} from 'penstock/upstream';

import { describeAnswer } from './describe-answer.js';
import { type EdgeGate, OpenGate } from './edge-gate.js';
import { OpenProxyGate, type ProxyGate } from './proxy-gate.js';
import { failureOfTransport, proxyEndOf, refusedBy } from './way-failures.js';
import { redactorOf, type Redact } from './redactor.js';

const JSON_LIMIT = 8 * 1024 * 1024;
const MOST_JSON = 64 * 1024 * 1024;
const FAILURE_LIMIT = 64 * 1024;
const MESSAGE_LIMIT = 300;
/** What is used up is not back sooner, whatever a Retry-After says that may be about something else. */
const LEAST_QUOTA_WAIT_MS = 60_000;

/** Whose upstream a {@link UpstreamProviderHttp} speaks to. */
export interface HttpBinding {
  readonly baseUrl: string;
  /** Those that a call may take, `null` for a direct connection. */
  readonly proxyUrls: readonly (string | null)[];
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
    private readonly edges: EdgeGate = new OpenGate(),
    private readonly proxies: ProxyGate = new OpenProxyGate(),
  ) {}

  async json(request: ProviderRequest): Promise<JsonAnswer> {
    const answer = await this.#answer(request, 'calls');
    const { status, headers } = answer;
    const text = await this.#transport(() =>
      answer.text(Math.min(request.answerBytes ?? JSON_LIMIT, MOST_JSON)),
    );
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
    const place = placeOf(request.path, this.binding.baseUrl);
    const proxy = await this.#entered(request, () => this.#enterProxy(place));
    try {
      const passage = await this.#entered(request, () => this.#enterEdge(place, proxy));
      try {
        return await this.#send(request, { place, lane, passage, proxy });
      } finally {
        // Without an answer nothing was learnt; whatever was told before counts.
        await passage.end('unknown');
      }
    } finally {
      await proxy.end('unknown');
    }
  }

  async #send(request: ProviderRequest, { place, lane, passage, proxy }: Way): Promise<UpstreamResponse> {
    const { accept, classify } = request;
    const { signal } = this.binding;
    const headers = { ...passage.headers, ...request.headers };
    const { proxyUrl } = proxy;
    const { method, query, body, timeoutMs } = request;
    const call = { method, query, headers, body, timeoutMs, proxyUrl, lane, signal, ...place };
    const answer = await this.#transport(() => this.client.request(call), proxy);
    await proxy.end('passed');
    if (isSuccess(answer.status) || accept?.includes(answer.status) === true) {
      await passage.end('passed');
      return answer;
    }
    // The status stands even when the body breaks off.
    const text = await answer.excerpt(FAILURE_LIMIT).catch(() => '');
    const seen = { status: answer.status, headers: answer.headers, body: parse(text) ?? text };
    const failure = this.#failureOf(seen, classify);
    await passage.end(
      failure.kind === 'edge_challenge'
        ? { reason: edgeChallengeIn(seen) ?? String(seen.status), retryAfterMs: failure.retryAfterMs }
        : 'passed',
    );
    const cutOut = redactorOf(...Object.values(passage.headers));
    const message = `${nameOf(request)} answered ${seen.status}: ${describeAnswer(seen.body)}`;
    throw this.#error(failure, cutOut(message));
  }

  /** What the edge says comes first: the provider knows only its upstream. When used-up quota is back, Retry-After may tell. */
  #failureOf(seen: UpstreamAnswer, classify: ProviderRequest['classify']): ProviderFailure {
    const now = this.clock.now();
    if (edgeChallengeIn(seen) !== undefined) {
      return { kind: 'edge_challenge', retryAfterMs: retryAfterOf(seen.headers, now) };
    }
    const failure = classify?.(seen) ?? classifyAnswer(seen, now);
    if (failure.kind !== 'quota_exhausted' || failure.resetsAt !== null) return failure;
    const waitMs = parseRetryAfter(seen.headers['retry-after'], now);
    return waitMs === null ? failure : { ...failure, resetsAt: now + Math.max(LEAST_QUOTA_WAIT_MS, waitMs) };
  }

  #enterProxy({ baseUrl }: Place): Promise<ProxyPassage> {
    const { proxyUrls: candidates, signal } = this.binding;
    return this.proxies.enter({ candidates, origin: new URL(baseUrl).origin, signal });
  }

  #enterEdge({ baseUrl, path }: Place, { proxyUrl }: ProxyPassage): Promise<Passage> {
    const { origin, pathname } = new URL(baseUrl);
    const place = { origin, path: pathname.replace(/\/+$/, '') + path, proxyUrl };
    return this.edges.enter(place, this.binding.signal);
  }

  async #entered<T>(request: ProviderRequest, enter: () => Promise<T>): Promise<T> {
    try {
      return await enter();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#error(refusedBy(error), `${nameOf(request)} was not sent: ${reason}`, error);
    }
  }

  async #transport<T>(run: () => Promise<T>, proxy?: ProxyPassage): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const isOfProxy = (await proxy?.end(proxyEndOf(error, this.binding.redact))) ?? false;
      throw this.#error(failureOfTransport(error, isOfProxy), error.message, error);
    }
  }

  #error(failure: ProviderFailure, message: string, cause?: unknown): ProviderError {
    // Redacted before it is cut, so that no half of a secret is left at the end.
    return new ProviderError(failure, this.binding.redact(message).slice(0, MESSAGE_LIMIT), { cause });
  }
}

interface Place {
  readonly baseUrl: string;
  readonly path: string;
}

/** The way of one call. */
interface Way {
  readonly place: Place;
  readonly lane: Lane;
  readonly passage: Passage;
  readonly proxy: ProxyPassage;
}

/** Splits a whole URL, as the client takes it. */
function placeOf(path: string, baseUrl: string): Place {
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
