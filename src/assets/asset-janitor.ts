import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, longLivedAbort } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { Settings } from 'penstock/settings';

import type { AssetCopy } from './asset-copy.entity.js';
import { assetSettings, type ReadsAssetSettings } from './assets.settings.js';
import { CopyStore } from './copy-store.js';
import { KeptContents } from './kept-contents.js';

const EVERY_MS = 10_000;
const DAY_MS = 24 * 60 * 60_000;
const AT_ONCE = 100;

/** Takes away copies that are too old or too many, and deletes contents that nobody wants any more. */
@Injectable()
export class AssetJanitor implements BeforeApplicationShutdown {
  readonly #logger = new Logger('assets');
  readonly #shutdown = longLivedAbort();
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: CopyStore,
    private readonly contents: KeptContents,
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
      let busy = 0;
      for (const copy of leaving) {
        if (this.#isOver) return;
        if (copy.sink !== null && broken.has(copy.sink)) continue;
        if ((await this.#releaseOne(copy, broken)) === 'busy') busy += 1;
      }
      isMore = leaving.length === AT_ONCE && busy < AT_ONCE;
    }
  }

  async #releaseOne(copy: AssetCopy, broken: Set<string>): Promise<'gone' | 'busy' | 'out-of-reach'> {
    const { sink, contentKey, generationId: generation } = copy;
    try {
      const outcome = await this.contents.drop(copy);
      if (outcome === 'out-of-reach')
        this.#logger.warn(
          { sink, contentKey, generation },
          'A copy is in a sink that is not there, and stays in it',
        );
      return outcome;
    } catch (error) {
      if (sink === null) throw error;
      broken.add(sink);
      this.#logger.warn({ err: error, sink }, 'A sink does not delete; the next look tries again');
      return 'out-of-reach';
    }
  }
}
