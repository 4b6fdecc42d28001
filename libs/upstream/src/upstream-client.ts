import type { Readable } from 'node:stream';

import { Injectable } from '@nestjs/common';
import type { Clock } from 'penstock/kernel';

import { parseProxyUrl, resolveAddress, resolveRedirect, type Address, type Query } from './address.js';
import { encodeBody, type UpstreamBody } from './encode-body.js';
import { exchange, type Answer } from './exchange.js';
import { flatten, lowerCase } from './headers.js';
import type { Lane, SessionPool } from './session-pool.js';
import { UpstreamResponse } from './upstream-response.js';

/** One request. */
export interface UpstreamRequest {
  /** An `http:` or `https:` URL without credentials, query and fragment; its path is kept. */
  readonly baseUrl: string;
  /** Appended to the path of `baseUrl`; begins with a slash, already percent-encoded, no query. */
  readonly path: string;
  /** An `http:`, `https:` or `socks5:` proxy, with credentials if it needs some; `null` for a direct connection. */
  readonly proxyUrl: string | null;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query | undefined;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: UpstreamBody | undefined;
  /**
   * Longest wait for a connection, and again for the headers of the answer once all was sent, in milliseconds.
   * @defaultValue the `headersTimeoutMs` of the module
   */
  readonly timeoutMs?: number | undefined;
  /**
   * `downloads` for answers that are long or read slowly: they use connections apart from those of short calls.
   * @defaultValue `calls`
   */
  readonly lane?: Lane;
  /** Aborts the request, and the body of its answer. */
  readonly signal?: AbortSignal;
}

const MAX_REDIRECTS = 3;
const MAX_DISCARDED_BYTES = 128 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * HTTP/1.1 to upstreams over the sessions of {@link SessionPool}. It repeats nothing, decodes no content encoding (and
 * asks for none), and keeps no cookies.
 */
@Injectable()
export class UpstreamClient {
  constructor(
    private readonly sessions: SessionPool,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a request and resolves with the answer, whatever its status, once its headers came. Up to 3 redirects of a GET
   * are followed within the origin; other redirects are answers.
   *
   * @throws UpstreamError when there is no answer; its `sent` tells whether the upstream can have seen the request
   */
  async request(request: UpstreamRequest): Promise<UpstreamResponse> {
    const proxy = request.proxyUrl === null ? null : parseProxyUrl(request.proxyUrl);
    let address = resolveAddress(request.baseUrl, request.path, request.query);
    for (let redirects = 0; ; redirects += 1) {
      const target = `${request.method} ${address.origin}${address.path}`;
      const answer = await this.#exchange(request, address, { proxy, target });
      const headers = flatten(answer.headers);
      const location = REDIRECTS.has(answer.status) ? headers['location'] : undefined;
      const mayFollow = request.method === 'GET' && redirects < MAX_REDIRECTS;
      const next = mayFollow && location !== undefined ? resolveRedirect(address, location) : undefined;
      if (next === undefined) return new UpstreamResponse(answer.status, headers, answer.body, target);
      await discard(answer.body, target);
      address = next;
    }
  }

  #exchange(
    request: UpstreamRequest,
    address: Address,
    { proxy, target }: { readonly proxy: URL | null; readonly target: string },
  ): Promise<Answer> {
    const { body, headers } = encodeBody(request.body);
    return exchange(
      this.sessions.session({ origin: address.origin, proxy, lane: request.lane ?? 'calls' }),
      {
        origin: address.origin,
        path: address.path + address.search,
        method: request.method,
        headers: {
          'user-agent': 'penstock',
          'accept-encoding': 'identity',
          ...headers,
          ...lowerCase(request.headers),
        },
        body,
      },
      {
        clock: this.clock,
        timeoutMs: request.timeoutMs ?? this.sessions.options.headersTimeoutMs,
        signal: request.signal,
        target,
      },
    );
  }
}

/** Empties the body of a redirect, so that its connection can be used again; a long one is not worth that. */
async function discard(body: Readable, target: string): Promise<void> {
  await new UpstreamResponse(0, {}, body, target).excerpt(MAX_DISCARDED_BYTES);
}
