import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Clock, Timer } from 'penstock/kernel';
import { Pool } from 'undici';

import { tunnelThrough } from './tunnel.js';
import { UpstreamError } from './upstream.errors.js';
import type { ResolvedUpstreamOptions } from './upstream.options.js';

/** Counts of a {@link SessionPool}. */
export interface SessionStats {
  /** Sessions that take requests, at most `maxSessions`. */
  readonly open: number;
  /** Evicted sessions whose last requests are still under way. */
  readonly closing: number;
  /** Requests on a connection, their bodies included. */
  readonly running: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
  /** Sessions ever opened, and those closed for the maximum or for idling. */
  readonly opened: number;
  readonly evicted: number;
}

/** One session that takes requests. */
export interface SessionView {
  readonly origin: string;
  /** Host and port, without credentials; `null` for a direct connection. */
  readonly proxy: string | null;
  readonly lane: Lane;
  /** Connections that are open. */
  readonly connections: number;
  /** Requests on a connection, and those that wait for one. */
  readonly running: number;
  readonly waiting: number;
  /** Since its last request began, in milliseconds. */
  readonly idleMs: number;
}

/**
 * What connections are used for. Downloads have connections of their own: they last as long as their readers are slow,
 * and would keep short calls waiting.
 */
export type Lane = 'calls' | 'downloads';

/** What a session is for. */
export interface SessionKey {
  readonly origin: string;
  readonly proxy: URL | null;
  readonly lane: Lane;
}

interface Session {
  readonly key: SessionKey;
  readonly connections: Pool;
  lastUsedAt: number;
}

/**
 * Pooled connections, one session for each origin, proxy and lane. Sessions are kept in the order of their last use: past
 * the maximum the first one goes, and one that idles too long goes too. A session that goes takes no new request and
 * closes when its last request is done.
 */
@Injectable()
export class SessionPool implements OnApplicationShutdown {
  readonly #open: LRUCache<string, Session>;
  /** Evicted sessions, each with the end of its last request. */
  readonly #closing = new Map<Session, Promise<void>>();
  #opened = 0;
  #evicted = 0;
  #sweep: Timer | undefined;
  #closed = false;

  constructor(
    private readonly clock: Clock,
    readonly options: ResolvedUpstreamOptions,
  ) {
    this.#open = new LRUCache({
      max: options.maxSessions,
      dispose: (session) => {
        this.#retire(session);
      },
    });
  }

  /**
   * The connections for a key. Send the request before anything is awaited: afterwards the session may be evicted.
   *
   * @throws UpstreamError `shutting_down` once the pool was closed
   */
  session({ origin, proxy, lane }: SessionKey): Pool {
    if (this.#closed) {
      throw new UpstreamError('shutting_down', 'no', `No request to ${origin}: the application shuts down.`);
    }
    const key = `${lane} ${origin} ${proxy?.href ?? ''}`;
    const session = this.#open.get(key) ?? this.#create(key, { origin, proxy, lane });
    session.lastUsedAt = this.clock.monotonic();
    this.#sweep ??= this.clock.setTimer(this.#evictIdle, this.options.idleMs);
    return session.connections;
  }

  /** Counts of this moment; cheap enough for a scrape, not for every request. */
  stats(): SessionStats {
    let running = 0;
    let waiting = 0;
    for (const { connections } of [...this.#open.values(), ...this.#closing.keys()]) {
      running += connections.stats.running;
      waiting += connections.stats.size - connections.stats.running;
    }
    const { size: open } = this.#open;
    return {
      open,
      closing: this.#closing.size,
      running,
      waiting,
      opened: this.#opened,
      evicted: this.#evicted,
    };
  }

  /** Every session that takes requests, the one used longest ago first. Costs as much as there are. */
  list(): readonly SessionView[] {
    const now = this.clock.monotonic();
    return [...this.#open.values()].reverse().map(({ key, connections, lastUsedAt }) => {
      const { connected, running, size } = connections.stats;
      const { origin, proxy, lane } = key;
      const load = { connections: connected, running, waiting: size - running };
      return { origin, proxy: proxy?.host ?? null, lane, ...load, idleMs: Math.round(now - lastUsedAt) };
    });
  }

  /**
   * Takes no request from now on; resolves when those under way are done, or were cut off after `closeGraceMs`.
   * May be called again.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#open.clear();
    const allDone = new AbortController();
    const cutOff = this.clock.sleep(this.options.closeGraceMs, allDone.signal).then(() => this.#cutOff());
    // Undici never reports the end of a pool that was destroyed with requests in its queue, hence the race.
    await Promise.race([Promise.all(this.#closing.values()), cutOff]);
    allDone.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  #create(name: string, key: SessionKey): Session {
    const { origin, proxy } = key;
    const { connectionsPerSession, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs } = this.options;
    this.#opened += 1;
    const connections = new Pool(origin, {
      connections: connectionsPerSession,
      pipelining: 1,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      connect: proxy === null ? { timeout: connectTimeoutMs } : tunnelThrough(proxy, connectTimeoutMs),
    });
    const session = { key, connections, lastUsedAt: 0 };
    this.#open.set(name, session);
    return session;
  }

  readonly #evictIdle = (): void => {
    const now = this.clock.monotonic();
    for (const [name, session] of [...this.#open.entries()]) {
      if (session.connections.stats.size > 0) session.lastUsedAt = now;
      else if (now - session.lastUsedAt >= this.options.idleMs) this.#open.delete(name);
    }
    this.#sweep =
      this.#open.size === 0 ? undefined : this.clock.setTimer(this.#evictIdle, this.options.idleMs);
  };

  #retire(session: Session): void {
    if (!this.#closed) this.#evicted += 1;
    const end = session.connections.close().finally(() => this.#closing.delete(session));
    this.#closing.set(session, end);
  }

  async #cutOff(): Promise<void> {
    await Promise.all([...this.#closing.keys()].map(({ connections }) => connections.destroy()));
    this.#closing.clear();
  }
}
