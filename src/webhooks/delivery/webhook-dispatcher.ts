import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';
import { Clock, longLivedAbort } from 'penstock/kernel';

import { DeliveryStore, type DeliveryHead } from './delivery-store.js';
import { WebhookAttempts } from './webhook-attempts.js';

/** Rows that are looked up at once: after a start there may be many, and requests need the database too. */
const LOOKUPS_AT_ONCE = 2;
const DATABASE_PAUSE_MS = 5_000;
/** How long a shutdown waits for answers; what is cut off is sent again after the next start. */
const GRACE_MS = 3_000;

/** The deliveries of one generation, which go one after the other. */
interface Lane {
  /** Something was added since the last look. */
  isRung: boolean;
  /** Ends the pause that it is in. */
  hurry: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Delivers the outbox: of each generation one event after the other, the next only when the one before is received or
 * given up. It is woken by commits and by its own timers, and takes up after a start what was left.
 */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('webhooks');
  readonly #lanes = new Map<string, Lane>();
  readonly #shutdown = longLivedAbort();
  readonly #cut = longLivedAbort();
  readonly #lookups: Semaphore;

  constructor(
    private readonly store: DeliveryStore,
    private readonly attempts: WebhookAttempts,
    private readonly clock: Clock,
  ) {
    this.#lookups = new Semaphore({ name: 'webhooks.lookups', permits: LOOKUPS_AT_ONCE, clock });
  }

  /** Generations that have something to deliver. */
  get lanes(): number {
    return this.#lanes.size;
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const generationId of await this.store.generationsPending()) this.wake(generationId);
  }

  /** There is something to deliver for this generation. */
  wake(generationId: string): void {
    if (this.#shutdown.signal.aborted) return;
    const lane = this.#lanes.get(generationId);
    if (lane !== undefined) lane.isRung = true;
    else this.#open(generationId);
  }

  /** The same, and whatever is paused of it is looked at anew. */
  hurry(generationId: string): void {
    this.wake(generationId);
    this.#lanes.get(generationId)?.hurry.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    const timer = this.clock.setTimer(() => {
      this.#cut.abort();
    }, GRACE_MS);
    await Promise.all(Array.from(this.#lanes.values(), ({ ended }) => ended));
    timer.cancel();
  }

  #open(generationId: string): void {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const lane: Lane = { isRung: false, hurry: new AbortController(), ended };
    this.#lanes.set(generationId, lane);
    void this.#run(generationId, lane).then(end);
  }

  async #run(generationId: string, lane: Lane): Promise<void> {
    let hasMore = true;
    while (hasMore && !this.#shutdown.signal.aborted) {
      try {
        hasMore = await this.#step(generationId, lane);
      } catch (error) {
        this.#logger.error({ err: error, generation: generationId }, 'A webhook could not be looked up');
        await this.clock.sleep(DATABASE_PAUSE_MS, this.#shutdown.signal);
      }
    }
    this.#lanes.delete(generationId);
  }

  /** @returns whether there may be more; when not, the lane is closed before anything else happens */
  async #step(generationId: string, lane: Lane): Promise<boolean> {
    lane.isRung = false;
    lane.hurry = new AbortController();
    const head = await this.#lookups.run(() => this.store.head(generationId));
    if (head === null) return lane.isRung;
    await this.clock.sleep(this.#pauseOf(head), lane.hurry.signal, this.#shutdown.signal);
    // Somebody may have put another one before it.
    if (!lane.hurry.signal.aborted && !this.#shutdown.signal.aborted)
      await this.attempts.make(head, this.#shutdown.signal, this.#cut.signal);
    return true;
  }

  /** Never longer than was meant, wherever the clock was set since. */
  #pauseOf({ nextAttemptAt, pauseMs }: DeliveryHead): number {
    return Math.min(Math.max(0, nextAttemptAt - this.clock.now()), pauseMs);
  }
}
