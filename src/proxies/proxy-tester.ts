import { Injectable } from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { edgeChallengeIn } from 'penstock/plugin-api';
import {
  resolveUpstreamOptions,
  SessionPool,
  shownProxy,
  UpstreamClient,
  UpstreamError,
} from 'penstock/upstream';

/** How a proxy fared. */
export interface ProxyTest {
  /** Without credentials. */
  readonly proxy: string;
  /** Whether an answer came, and the edge let it through. */
  readonly ok: boolean;
  /** Of the answer; `null` when none came. */
  readonly status: number | null;
  /** Until the answer or the failure. */
  readonly latencyMs: number;
  /** What the edge in front of the URL challenged with, if it did. */
  readonly challenge: string | null;
  /** Why no answer came. `proxy_failed` tells of the proxy, `tunnel_lost` of it or of what lies behind it, every other code of the latter. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

const AT_ONCE = 10;
const TIMEOUT_MS = 10_000;
const EXCERPT_BYTES = 64 * 1024;

/** Asks for a URL through proxies, on connections that were never used before and never are again. */
@Injectable()
export class ProxyTester {
  constructor(private readonly clock: Clock) {}

  /** At most 10 at once. Each takes at most about 30 s. */
  async test(proxyUrls: readonly string[], url: URL): Promise<readonly ProxyTest[]> {
    const options = { maxSessions: AT_ONCE, connectionsPerSession: 1, headersTimeoutMs: TIMEOUT_MS };
    const sessions = new SessionPool(this.clock, resolveUpstreamOptions({ ...options, closeGraceMs: 1 }));
    const client = new UpstreamClient(sessions, this.clock);
    const turns = new Semaphore({ name: 'proxies.test', permits: AT_ONCE, clock: this.clock });
    try {
      return await Promise.all(
        proxyUrls.map((proxyUrl) => turns.run(() => this.#one(client, proxyUrl, url))),
      );
    } finally {
      await sessions.close();
    }
  }

  async #one(client: UpstreamClient, proxyUrl: string, url: URL): Promise<ProxyTest> {
    const began = this.clock.monotonic();
    const seen = await this.#ask(client, proxyUrl, url);
    return {
      proxy: shownProxy(proxyUrl),
      ...seen,
      ok: seen.error === null && seen.challenge === null,
      latencyMs: Math.round(this.clock.monotonic() - began),
    };
  }

  async #ask(
    client: UpstreamClient,
    proxyUrl: string,
    { origin, pathname, searchParams }: URL,
  ): Promise<Pick<ProxyTest, 'status' | 'challenge' | 'error'>> {
    try {
      const query = Object.fromEntries(searchParams);
      const target = { baseUrl: origin, path: pathname, query, proxyUrl, method: 'GET' as const };
      const answer = await client.request({ ...target, timeoutMs: TIMEOUT_MS });
      const { status, headers } = answer;
      const body = await answer.excerpt(EXCERPT_BYTES);
      return { status, challenge: edgeChallengeIn({ status, headers, body }) ?? null, error: null };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { status: null, challenge: null, error: { code: error.code, message: error.message } };
    }
  }
}
