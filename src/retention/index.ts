export { Retained, type RetainedRows } from './retained-rows.js';
export { RetentionModule } from './retention.module.js';
