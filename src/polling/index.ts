export { pollingMigrations } from './migrations/index.js';
export { PollKnowledgeModule } from './poll-knowledge.module.js';
export { PollingAdminModule } from './polling-admin.module.js';
