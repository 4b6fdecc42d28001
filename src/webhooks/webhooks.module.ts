import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SettingsModule } from 'penstock/settings';

import { SecretsModule } from '../secrets/index.js';
import { DeliveryRetention } from './delivery/delivery-retention.js';
import { DeliveryStore } from './delivery/delivery-store.js';
import { WebhookAttempt } from './delivery/webhook-attempt.entity.js';
import { WebhookAttempts } from './delivery/webhook-attempts.js';
import { WebhookDelivery } from './delivery/webhook-delivery.entity.js';
import { WebhookDispatcher } from './delivery/webhook-dispatcher.js';
import { WebhookMetrics } from './delivery/webhook-metrics.js';
import { WebhookSender } from './delivery/webhook-sender.js';
import { WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import { WebhookEndpoints } from './endpoints/webhook-endpoints.js';
import { KeyWebhooksController } from './key-webhooks.controller.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhooksController } from './webhooks.controller.js';
import { webhookSettings } from './webhooks.settings.js';

/**
 * Tells the owners of generations of their changes. `ChangeRecorders`, `DatabasePool`, `Settings`, `AppMetrics`,
 * `Persistence`, `Clock` and `Random` come from global modules; rows of API keys from `AuthModule`.
 */
@Module({
  imports: [
    TypeOrmModule.forFeature([WebhookEndpoint, WebhookDelivery, WebhookAttempt]),
    SecretsModule,
    SettingsModule.forFeature([webhookSettings]),
  ],
  controllers: [WebhooksController, KeyWebhooksController],
  providers: [
    DeliveryRetention,
    DeliveryStore,
    WebhookAttempts,
    WebhookDispatcher,
    WebhookEndpoints,
    WebhookMetrics,
    WebhookOutbox,
    WebhookSender,
  ],
})
export class WebhooksModule {}
