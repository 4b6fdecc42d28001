import { randomBytes } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import type { EntityManager } from 'typeorm';

import { ChangeRecorders, type ChangeRecorder } from '../generations/change-recorders.js';
import type { GenerationStatus } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';
import { WebhookDelivery } from './delivery/webhook-delivery.entity.js';
import { WebhookDispatcher } from './delivery/webhook-dispatcher.js';
import { WebhookEndpoints } from './endpoints/webhook-endpoints.js';
import { eventOf, eventTypeOf } from './webhook-events.js';
import { WebhookError } from './webhooks.errors.js';
import { webhookSettings, type ReadsWebhookSettings } from './webhooks.settings.js';

/** Puts the events of generations into the outbox, in the transaction of the change that each tells of. */
@Injectable()
export class WebhookOutbox implements ChangeRecorder {
  constructor(
    recorders: ChangeRecorders,
    private readonly endpoints: WebhookEndpoints,
    private readonly dispatcher: WebhookDispatcher,
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {
    recorders.add(this);
  }

  /** @throws WebhookError `webhook_url_refused`; `webhook_secret_missing` when nothing could sign what goes there */
  admit({ webhookUrl, ownerId, eventFormat }: Generation): void {
    if (webhookUrl === null) return;
    const field = eventFormat === 'openai' ? 'webhook_url' : 'webhookUrl';
    this.endpoints.check(webhookUrl, field);
    if (this.endpoints.of(ownerId) !== undefined) return;
    throw WebhookError.of(
      'webhook_secret_missing',
      `${field}: this API key (${ownerId}) has no secret that could sign webhooks. Ask the operator for one: PUT /admin/keys/${ownerId}/webhook.`,
      { field },
    );
  }

  concerns({ webhookUrl, ownerId, eventFormat }: Generation, status: GenerationStatus): boolean {
    if (webhookUrl === null && this.endpoints.urlOf(ownerId) === null) return false;
    return eventTypeOf(status, eventFormat) !== null;
  }

  async record(manager: EntityManager, generation: Generation): Promise<void> {
    const at = this.clock.now();
    const id = `evt_${randomBytes(16).toString('hex')}`;
    const origin = this.settings.get(webhookSettings).publicUrl ?? '';
    const event = eventOf(generation, { id, at, origin });
    if (event === null) return;
    await manager.insert(WebhookDelivery, {
      id,
      ...event,
      status: 'pending',
      attempts: 0,
      failures: 0,
      replays: 0,
      waitedMs: 0,
      pauseMs: 0,
      generationId: generation.id,
      revision: generation.revision,
      keyId: generation.ownerId,
      url: generation.webhookUrl,
      lastError: null,
      createdAt: at,
      nextAttemptAt: at,
      endedAt: null,
    });
  }

  recorded(generationId: string): void {
    this.dispatcher.wake(generationId);
  }
}
