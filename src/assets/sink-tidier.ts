import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { longLivedAbort } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { SinkRegistry } from 'penstock/plugin-host';

import { KeptContents } from './kept-contents.js';
import type { WriteUnderWay } from './writes-under-way.js';

const EVERY_MS = 60 * 60_000;

type Sightings = ReadonlyMap<string, ReadonlySet<WriteUnderWay>>;

/**
 * Removes from sinks what killed processes and broken writes left: what was begun and never finished, and contents that no copy
 * tells of. It looks after the start and every hour, and never touches what is being written.
 */
@Injectable()
export class SinkTidier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('assets');
  readonly #shutdown = longLivedAbort();
  /** By sink: contents that no copy tells of, with the writes that may have brought them. */
  readonly #sightings = new Map<string, Sightings>();
  #running: Promise<void> | undefined;

  constructor(
    private readonly sinks: SinkRegistry,
    private readonly contents: KeptContents,
  ) {}

  /** Not waited for: what is left hinders nobody. */
  onApplicationBootstrap(): void {
    void this.tidy();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    await this.#running;
  }

  /** Tidies all sinks, or joins that. Does not throw. */
  @Interval(EVERY_MS)
  @Timed({ name: 'tidying of sinks', kind: 'task', slowAfterMs: 10 * 60_000 })
  tidy(): Promise<void> {
    this.#running ??= this.#tidyAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #tidyAll(): Promise<void> {
    for (const sink of this.sinks.names()) {
      try {
        await this.#tidyOne(sink);
      } catch (error) {
        this.#logger.warn({ err: error, sink }, 'A sink could not be tidied; the next look tries again');
      }
    }
  }

  async #tidyOne(sink: string): Promise<void> {
    const storage = this.sinks.find(sink);
    if (storage === undefined || this.#isOver) return;
    const removed = (await storage.tidy?.()) ?? 0;
    if (removed > 0) this.#logger.log({ sink, removed }, 'Removed writes that were never finished');
    if (storage.keys !== undefined) await this.#deleteStrays(sink, storage.keys());
  }

  async #deleteStrays(sink: string, keys: AsyncIterable<string>): Promise<void> {
    const before = this.#sightings.get(sink);
    const sightings = new Map<string, ReadonlySet<WriteUnderWay>>();
    for await (const contentKey of keys) {
      if (this.#isOver) return;
      const suspects = await this.contents.deleteStray({ sink, contentKey }, before?.get(contentKey));
      if (suspects.size > 0) sightings.set(contentKey, suspects);
    }
    this.#sightings.set(sink, sightings);
  }

  get #isOver(): boolean {
    return this.#shutdown.signal.aborted;
  }
}
