export { webhookMigrations } from './migrations/index.js';
export { WebhooksModule } from './webhooks.module.js';
