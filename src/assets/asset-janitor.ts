import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, longLivedAbort } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { SinkRegistry } from 'penstock/plugin-host';
import { Settings } from 'penstock/settings';

import type { AssetCopy } from './asset-copy.entity.js';
import { assetSettings, type ReadsAssetSettings } from './assets.settings.js';
import { CopyStore } from './copy-store.js';
import { KeptContents } from './kept-contents.js';

const EVERY_MS = 10_000;
const DAY_MS = 24 * 60 * 60_000;
const AT_ONCE = 100;

/** Takes away copies that are too old or too many, and deletes contents that nobody has any more. */
@Injectable()
export class AssetJanitor implements BeforeApplicationShutdown {
  readonly #logger = new Logger('assets');
  readonly #shutdown = longLivedAbort();
  #running: Promise<void> | undefined;
  #hasLookedForStrays = false;

  constructor(
    private readonly store: CopyStore,
    private readonly contents: KeptContents,
    private readonly sinks: SinkRegistry,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
    private readonly clock: Clock,
  ) {}

  /** Cleans up, or joins the clean-up that runs. Does not throw. */
  @Interval(EVERY_MS)
  @Timed({ name: 'asset clean-up', kind: 'task', slowAfterMs: 60_000 })
  sweep(): Promise<void> {
    this.#running ??= this.#sweep()
      .catch((error: unknown) => {
        this.#logger.warn({ err: error }, 'Old copies could not be taken away; the next look tries again');
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    await this.#running;
  }

  get #isOver(): boolean {
    return this.#shutdown.signal.aborted;
  }

  async #sweep(): Promise<void> {
    await this.#evictOld();
    await this.#evictTooMany();
    await this.#release();
    if (!this.#hasLookedForStrays) await this.#deleteStrays();
    this.#hasLookedForStrays = true;
  }

  async #evictOld(): Promise<void> {
    const { keepDays } = this.settings.get(assetSettings);
    if (keepDays === 0) return;
    const before = this.clock.now() - keepDays * DAY_MS;
    await this.store.evictBefore(before);
  }

  async #evictTooMany(): Promise<void> {
    const { quotaBytes } = this.settings.get(assetSettings);
    if (quotaBytes === 0) return;
    let excess = (await this.store.storedBytes()) - quotaBytes;
    while (excess > 0 && !this.#isOver) excess -= (await this.store.evictOldest()) ?? Infinity;
  }

  /** Deletes what is to go, also while one of the sinks does not work. */
  async #release(): Promise<void> {
    const broken = new Set<string>();
    for (let isMore = true; isMore;) {
      const leaving = await this.store.leaving(AT_ONCE, broken);
      for (const copy of leaving) {
        if (this.#isOver) return;
        if (copy.sink === null || !broken.has(copy.sink)) await this.#releaseOne(copy, broken);
      }
      isMore = leaving.length === AT_ONCE;
    }
  }

  /** A copy is forgotten after its content is gone: a process that is killed between the two does it again. */
  async #releaseOne(copy: AssetCopy, broken: Set<string>): Promise<void> {
    const { sink, contentKey, generationId: generation } = copy;
    if (sink !== null && contentKey !== null) {
      try {
        if (!(await this.contents.release({ sink, contentKey })))
          this.#logger.warn(
            { sink, contentKey, generation },
            'A copy is in a sink that is not there, and stays in it',
          );
      } catch (error) {
        broken.add(sink);
        this.#logger.warn({ err: error, sink }, 'A sink does not delete; the next look tries again');
        return;
      }
    }
    await this.store.forget(copy);
  }

  /** What a killed process had stored, without any row that tells of it. */
  async #deleteStrays(): Promise<void> {
    for (const sink of this.sinks.names()) {
      for await (const contentKey of this.sinks.find(sink)?.keys?.() ?? []) {
        if (this.#isOver) return;
        await this.contents.release({ sink, contentKey });
      }
    }
  }
}
