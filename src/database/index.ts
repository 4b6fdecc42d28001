export { DatabaseOperationError } from './database.errors.js';
export { timestamp } from './database-backups.js';
export { DatabaseOperationsModule } from './database.module.js';
