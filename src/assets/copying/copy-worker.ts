import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock, longLivedAbort, type Timer } from 'penstock/kernel';
import { Settings } from 'penstock/settings';

import type { AssetCopy } from '../asset-copy.entity.js';
import { AssetMetrics } from '../asset-metrics.js';
import { assetSettings, type ReadsAssetSettings } from '../assets.settings.js';
import { CopyStore } from '../copy-store.js';
import { Copier } from './copier.js';

/** However long nothing is due, the rows are looked at: the clock may have been set. */
const LOOK_EVERY_MS = 60_000;
const DATABASE_PAUSE_MS = 5_000;

/**
 * Makes copies that are due, a few at once. It is woken by commits and by its own timer, and takes up after a start what was
 * left.
 */
@Injectable()
export class CopyWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('assets');
  readonly #active = new Map<string, Promise<void>>();
  readonly #shutdown = longLivedAbort();
  #looking: Promise<void> | undefined;
  #isRung = false;
  #timer: Timer | undefined;

  constructor(
    private readonly store: CopyStore,
    private readonly copier: Copier,
    private readonly metrics: AssetMetrics,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
    private readonly clock: Clock,
  ) {}

  /** Copies under way. */
  get active(): number {
    return this.#active.size;
  }

  onApplicationBootstrap(): void {
    this.wake();
  }

  /** There may be something to copy. */
  wake(): void {
    if (this.#shutdown.signal.aborted) return;
    this.#isRung = true;
    this.#looking ??= this.#look();
  }

  /** What is under way is stopped, and made again after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort(new Error('The process ends.'));
    this.#timer?.cancel();
    await this.#looking;
    await Promise.all(this.#active.values());
  }

  async #look(): Promise<void> {
    let nextMs = LOOK_EVERY_MS;
    while (this.#isRung && !this.#shutdown.signal.aborted) {
      this.#isRung = false;
      nextMs = await this.#start().catch((error: unknown) => {
        this.#logger.error({ err: error }, 'Copies that are due could not be looked up');
        return DATABASE_PAUSE_MS;
      });
    }
    this.#looking = undefined;
    this.#timer?.cancel();
    if (this.#shutdown.signal.aborted) return;
    this.#timer = this.clock.setTimer(() => {
      this.wake();
    }, nextMs);
  }

  /** Starts what is due, as far as there is room. @returns when to look again, in milliseconds */
  async #start(): Promise<number> {
    const { maxActive } = this.settings.get(assetSettings);
    const now = this.clock.now();
    const due = await this.store.due(now, maxActive + this.#active.size);
    for (const copy of due) {
      // Whoever ends makes room, and rings.
      if (this.#active.size >= maxActive) return LOOK_EVERY_MS;
      if (!this.#active.has(idOf(copy))) this.#begin(copy);
    }
    const next = await this.store.nextDueAt(now);
    return next === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(1, next - this.clock.now()));
  }

  #begin(copy: AssetCopy): void {
    const id = idOf(copy);
    this.#active.set(
      id,
      this.#attempt(copy).finally(() => {
        this.#active.delete(id);
        this.wake();
      }),
    );
  }

  async #attempt(copy: AssetCopy): Promise<void> {
    const { generationId: generation, position } = copy;
    try {
      const outcome = await this.copier.attempt(copy, this.#shutdown.signal);
      this.metrics.copied(outcome);
      if (outcome === 'dead') this.#logger.warn({ generation, position }, 'A file could not be copied');
    } catch (error) {
      this.#logger.error({ err: error, generation, position }, 'A copy could not be settled');
      await this.clock.sleep(DATABASE_PAUSE_MS, this.#shutdown.signal);
    }
  }
}

const idOf = ({ generationId, position }: AssetCopy): string => `${generationId}/${String(position)}`;
