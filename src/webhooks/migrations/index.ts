import { CreateWebhooks1764000046000 } from './1764000046000-create-webhooks.js';

/** Migrations of this part, oldest first. */
export const webhookMigrations = [CreateWebhooks1764000046000];
