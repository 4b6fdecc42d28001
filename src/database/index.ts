export { timestamp } from './database-backups.js';
export { DatabaseOperationError } from './database.errors.js';
export { DatabaseOperationsModule } from './database.module.js';
