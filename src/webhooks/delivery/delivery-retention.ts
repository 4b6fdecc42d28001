import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { Settings } from 'penstock/settings';

import { webhookSettings, type ReadsWebhookSettings } from '../webhooks.settings.js';
import { DeliveryStore } from './delivery-store.js';

const EVERY_MS = 10 * 60_000;

/** Removes deliveries that ended long ago. */
@Injectable()
export class DeliveryRetention {
  readonly #logger = new Logger('webhooks');

  constructor(
    private readonly store: DeliveryStore,
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {}

  /** Removes all that are due, some at a time, so that others get at the database in between. */
  @Interval(EVERY_MS)
  @Timed({ name: 'delivery retention', kind: 'task', slowAfterMs: 60_000 })
  async prune(): Promise<void> {
    const at = this.clock.now() - this.settings.get(webhookSettings).keepMs;
    try {
      while ((await this.store.prune(at)) > 0);
    } catch (error) {
      this.#logger.warn({ err: error }, 'Old webhooks could not be removed; the next look tries again');
    }
  }
}
