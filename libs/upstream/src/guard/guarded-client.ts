import { pipeline } from 'node:stream';

import type { Clock } from 'penstock/kernel';
import { Agent } from 'undici';

import { exchange, type Answer } from '../exchange.js';
import { flatten, lowerCase } from '../headers.js';
import { UpstreamError } from '../upstream.errors.js';
import { UpstreamResponse } from '../upstream-response.js';
import { ByteLimit } from './byte-limit.js';
import { TimeLimit } from './time-limit.js';
import type { UrlGuard } from './url-guard.js';

/** One request to a URL that somebody else has chosen. */
export interface GuardedRequest {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything: all redirects, and the body of the answer. In milliseconds. @defaultValue 30000 */
  readonly timeoutMs?: number;
  /** Longest body of an answer. @defaultValue 33554432 (32 MiB) */
  readonly maxBytes?: number;
  /** Redirects of a GET or HEAD that are followed; those of others are answers. @defaultValue 3 */
  readonly maxRedirects?: number;
  /** Aborts the request, and the body of its answer. */
  readonly signal?: AbortSignal;
}

/** How connections are made. */
export interface GuardedClientOptions {
  /** How long a connection waits for the next request to its origin, in milliseconds. @defaultValue 0, each request has its own */
  readonly keepAliveMs?: number;
}

interface Hop {
  readonly request: GuardedRequest;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: TimeLimit;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
const DEFAULT_MAX_REDIRECTS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What another origin may be told: no credential has such a name. */
const HARMLESS = ['accept', 'accept-encoding', 'accept-language', 'range', 'user-agent'];

/**
 * HTTP/1.1 to URLs that clients or upstreams have chosen, each checked by a {@link UrlGuard}, redirects too. Every
 * connection is made to an address that was checked, and through no proxy: a proxy would resolve the name by itself. It
 * repeats nothing, keeps no cookies and decodes nothing, so that no small answer becomes a large one.
 */
export class GuardedClient {
  readonly #connections: Agent;

  constructor(
    private readonly guard: UrlGuard,
    private readonly clock: Clock,
    { keepAliveMs = 0 }: GuardedClientOptions = {},
  ) {
    const kept = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: keepAliveMs };
    this.#connections = new Agent({
      connect: guard.connector(CONNECT_TIMEOUT_MS),
      ...(keepAliveMs === 0 ? { pipelining: 0 } : kept),
    });
  }

  /** Cuts off what is under way. */
  close(): Promise<void> {
    return this.#connections.destroy();
  }

  /**
   * Sends a request and resolves with the answer once its headers came. The body flows and must be read to its end or
   * destroyed.
   *
   * @throws UpstreamError `url_not_allowed`, `address_not_allowed`, `too_many_redirects`, `body_too_large` for a body that
   *   is announced as too long, and whatever else leaves no answer. A body past its bounds ends with `body_too_large` or
   *   `body_timeout`.
   */
  async request(request: GuardedRequest): Promise<UpstreamResponse> {
    const { maxRedirects = DEFAULT_MAX_REDIRECTS, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
    let url = this.guard.check(request.url);
    let headers = lowerCase(request.headers);
    const limit = new TimeLimit(this.clock, timeoutMs, request.signal);
    try {
      for (let redirects = 0; ; redirects += 1) {
        const answer = await this.#hop({ request, url, headers, limit });
        const next = nextOf(answer, request, url);
        if (next === undefined) return answer;
        answer.body.destroy();
        if (redirects >= maxRedirects) {
          const message = `${targetOf(request, url)} leads to more than ${maxRedirects} redirects.`;
          throw new UpstreamError('too_many_redirects', 'maybe', message);
        }
        const to = this.guard.check(next);
        if (to.origin !== url.origin) headers = harmlessOf(headers);
        url = to;
      }
    } catch (error) {
      limit.end();
      throw limit.reasonOf(error);
    }
  }

  async #hop({ request, url, headers, limit }: Hop): Promise<UpstreamResponse> {
    const target = targetOf(request, url);
    limit.of(target);
    const { timeoutMs = DEFAULT_TIMEOUT_MS, method, body = null } = request;
    const ours = { 'user-agent': 'penstock', 'accept-encoding': 'identity' };
    const path = url.pathname + url.search;
    const sent = { origin: url.origin, path, method, headers: { ...ours, ...headers }, body };
    const bounds = { clock: this.clock, timeoutMs, signal: limit.signal, target };
    return answerOf(await exchange(this.#connections, sent, bounds), { request, url, headers, limit });
  }
}

function answerOf(data: Answer, { request, url, limit }: Hop): UpstreamResponse {
  const { maxBytes = DEFAULT_MAX_BYTES } = request;
  const target = targetOf(request, url);
  const headers = flatten(data.headers);
  const isRedirect = nextOf({ status: data.status, headers }, request, url) !== undefined;
  if (!isRedirect && request.method !== 'HEAD' && Number(headers['content-length']) > maxBytes) {
    data.body.destroy();
    throw ByteLimit.error(target, maxBytes);
  }
  const body = new ByteLimit(maxBytes, target);
  limit.of(target, body);
  pipeline(data.body, body, () => {
    if (!isRedirect) limit.end();
  });
  body.on('error', () => undefined);
  return new UpstreamResponse(data.status, headers, body, target);
}

/** Where a redirect leads that is to be followed. */
function nextOf(
  { status, headers }: Pick<UpstreamResponse, 'status' | 'headers'>,
  { method }: GuardedRequest,
  from: URL,
): string | undefined {
  const location = REDIRECTS.has(status) ? headers['location'] : undefined;
  if (location === undefined || !['GET', 'HEAD'].includes(method)) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from.href).href : undefined;
}

const targetOf = ({ method }: GuardedRequest, { origin, pathname }: URL): string =>
  `${method} ${origin}${pathname}`;

const harmlessOf = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.includes(name)));
