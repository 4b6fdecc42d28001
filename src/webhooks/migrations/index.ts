import { CreateWebhooks1764000046000 } from './1764000046000-create-webhooks.js';
import { AddWebhookReplays1764000062000 } from './1764000062000-add-webhook-replays.js';

/** Migrations of this part, oldest first. */
export const webhookMigrations = [CreateWebhooks1764000046000, AddWebhookReplays1764000062000];
