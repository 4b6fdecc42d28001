import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SingleFlight } from 'penstock/concurrency';
import { Clock, longLivedAbort } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { SinkRegistry } from 'penstock/plugin-host';
import type { AssetStorage } from 'penstock/plugin-api';

import { KeptContents, type Sightings } from './kept-contents.js';
import type { WriteUnderWay } from './writes-under-way.js';

const EVERY_MS = 60 * 60_000;
/** How long the end of the process waits for a sink. */
const SHUTDOWN_BOUND_MS = 10_000;
/** Contents that the database is asked about at once. */
const PAGE = 200;

/**
 * Removes from sinks what killed processes and broken writes left: what was begun and never finished, and contents that no copy
 * tells of. It looks after the start and every hour, at each sink by itself, and never touches what is being written.
 */
@Injectable()
export class SinkTidier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('assets');
  readonly #shutdown = longLivedAbort();
  /** By sink. */
  readonly #sightings = new Map<string, Sightings>();
  readonly #looks = new SingleFlight<string, void>();

  constructor(
    private readonly sinks: SinkRegistry,
    private readonly contents: KeptContents,
    private readonly clock: Clock,
  ) {}

  /** Not waited for: what is left hinders nobody. */
  onApplicationBootstrap(): void {
    void this.tidy();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    const ended = new AbortController();
    const bound = this.clock.sleep(SHUTDOWN_BOUND_MS, ended.signal);
    await Promise.race([this.tidy(), bound]);
    ended.abort();
  }

  /** Tidies all sinks, or joins that where it is under way. Does not throw. */
  @Interval(EVERY_MS)
  @Timed({ name: 'tidying of sinks', kind: 'task', slowAfterMs: 10 * 60_000 })
  async tidy(): Promise<void> {
    await Promise.all(this.sinks.names().map((sink) => this.#looks.run(sink, () => this.#tidy(sink))));
  }

  async #tidy(sink: string): Promise<void> {
    const storage = this.sinks.find(sink);
    if (storage === undefined || this.#isOver) return;
    try {
      const removed = (await storage.tidy?.()) ?? 0;
      if (removed > 0) this.#logger.log({ sink, removed }, 'Removed writes that were never finished');
      await this.#deleteStrays(sink, storage);
    } catch (error) {
      this.#logger.warn({ err: error, sink }, 'A sink could not be tidied; the next look tries again');
    }
  }

  async #deleteStrays(sink: string, storage: AssetStorage): Promise<void> {
    if (storage.keys === undefined) return;
    const before = this.#sightings.get(sink);
    const sightings = new Map<string, ReadonlySet<WriteUnderWay>>();
    for await (const page of pagesOf(storage.keys())) {
      if (this.#isOver) return;
      const seen = await this.contents.deleteStrays(sink, page, before);
      for (const [contentKey, suspects] of seen) sightings.set(contentKey, suspects);
    }
    this.#sightings.set(sink, sightings);
  }

  get #isOver(): boolean {
    return this.#shutdown.signal.aborted;
  }
}

async function* pagesOf(keys: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let page: string[] = [];
  for await (const key of keys) {
    if (page.push(key) < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
