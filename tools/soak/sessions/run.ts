import { setTimeout as pause } from 'node:timers/promises';

import { SystemClock } from 'penstock/kernel';
import { resolveUpstreamOptions, SessionPool, UpstreamClient } from 'penstock/upstream';

import { type Origins, startOrigins } from './origins.js';
import { reportOf } from './report.js';
import { type Sample, sampleOf } from './sample.js';
import { sessionBreaches } from './verdict.js';

const ROUNDS = 10;
const CALLERS = 16;
/** Every so many origins one is asked for something slow, so that its session is evicted while a request is under way. */
const SLOW_EVERY = 7;
const SLOW_MS = 400;
const CONNECTIONS = 2;
const SETTLE_MS = 10_000;

/**
 * Asks many origins through the sessions of one pool, and looks ten times at what the process holds meanwhile.
 *
 * @returns the exit code: 0 when sockets, files and heap are flat
 */
export async function soakSessions(count: number): Promise<number> {
  const clock = new SystemClock();
  const origins = await startOrigins(SLOW_MS);
  const pool = new SessionPool(clock, resolveUpstreamOptions({ connectionsPerSession: CONNECTIONS }));
  const { maxSessions } = pool.options;
  const requests = new Requests(new UpstreamClient(pool, clock), origins);
  try {
    // What is made once for all is no growth.
    await requests.ask(0, Math.min(2 * maxSessions, count));
    const samples: Sample[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const upTo = Math.round((count * round) / ROUNDS);
      await requests.ask(Math.round((count * (round - 1)) / ROUNDS), upTo);
      await settled(pool);
      samples.push(await sampleOf(pool, upTo, await origins.openConnections()));
    }
    await pool.close();
    const socketsLeft = await leftOf(origins);
    const { failures } = requests;
    const evidence = { maxSessions, connections: CONNECTIONS, samples, failures, socketsLeft };
    const breaches = sessionBreaches(evidence);
    console.log(reportOf(evidence, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    await pool.close();
    await origins.close();
  }
}

class Requests {
  failures = 0;

  constructor(
    private readonly client: UpstreamClient,
    private readonly origins: Origins,
  ) {}

  /** Each origin twice at once, several of them at a time. */
  async ask(from: number, to: number): Promise<void> {
    let next = from;
    const caller = async (): Promise<void> => {
      while (next < to) {
        const index = next++;
        const slow = index % SLOW_EVERY === 0;
        await Promise.all([this.#one(index, '/'), this.#one(index, slow ? '/slow' : '/')]);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  async #one(index: number, path: string): Promise<void> {
    try {
      const request = { baseUrl: this.origins.url(index), path, proxyUrl: null, method: 'GET' } as const;
      await (await this.client.request(request)).json(1_024);
    } catch {
      this.failures += 1;
    }
  }
}

/** Waits until what was evicted has closed, for a while. */
async function settled(pool: SessionPool): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  while (pool.stats().closing > 0 && performance.now() < end) await pause(20);
  // The server hears of a connection's end a moment later.
  await pause(100);
}

async function leftOf(origins: Origins): Promise<number> {
  const end = performance.now() + SETTLE_MS;
  while ((await origins.openConnections()) > 0 && performance.now() < end) await pause(20);
  return origins.openConnections();
}
