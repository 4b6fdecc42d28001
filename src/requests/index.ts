export { requestMigrations } from './migrations/index.js';
export { RequestLogRow } from './request-log-row.entity.js';
export { firstIdAt } from './request-row-id.js';
export { RequestsModule } from './requests.module.js';
