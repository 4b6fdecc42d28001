import { SystemClock } from 'penstock/kernel';
import { resolveUpstreamOptions, SessionPool, UpstreamClient } from 'penstock/upstream';
import { Pool } from 'undici';

import { redactorOf } from '../../src/providers/index.js';
import { UpstreamProviderHttp } from '../../src/providers/upstream-provider-http.js';

/** One way to ask for the state of a job. */
export interface Contender {
  readonly name: string;
  readonly ask: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const PATH = '/v1/videos/video_0123456789';
const HEADERS = { authorization: 'Bearer sk-bench' };
const GET = { method: 'GET', path: PATH, headers: HEADERS } as const;
const JSON_LIMIT = 8 * 1024 * 1024;

/** Bare undici, its pool as a session, the client over sessions, and what a provider is given; each reads the body as JSON. */
export function contendersOn(url: string): readonly Contender[] {
  return [bare(url), session(url), client(url), provider(url)];
}

function bare(url: string): Contender {
  const pool = new Pool(url, { connections: 64, pipelining: 1 });
  const ask = async (): Promise<unknown> => (await pool.request(GET)).body.json();
  return { name: 'undici', ask, close: () => pool.close() };
}

function session(url: string): Contender {
  const sessions = new SessionPool(new SystemClock(), resolveUpstreamOptions());
  const key = { origin: url, proxy: null, lane: 'calls' } as const;
  const ask = async (): Promise<unknown> => (await sessions.session(key).request(GET)).body.json();
  return { name: 'session', ask, close: () => sessions.close() };
}

function client(url: string): Contender {
  const { sessions, client: over } = clientOf();
  const request = { ...GET, baseUrl: url, proxyUrl: null };
  const ask = async (): Promise<unknown> => (await over.request(request)).json(JSON_LIMIT);
  return { name: 'client', ask, close: () => sessions.close() };
}

function provider(url: string): Contender {
  const { sessions, clock, client: over } = clientOf();
  const binding = { baseUrl: url, proxyUrls: [null], redact: redactorOf('sk-bench') };
  // As for each call of a provider, with a signal of its own.
  const ask = (): Promise<unknown> =>
    new UpstreamProviderHttp(over, clock, { ...binding, signal: new AbortController().signal }).json(GET);
  return { name: 'provider', ask, close: () => sessions.close() };
}

function clientOf() {
  const clock = new SystemClock();
  const sessions = new SessionPool(clock, resolveUpstreamOptions());
  return { clock, sessions, client: new UpstreamClient(sessions, clock) };
}
