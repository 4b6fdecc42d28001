export { ReplicateModule } from './replicate.module.js';
export type { ReplicateModel, ReplicateOptions } from './replicate.options.js';
export { ReplicateProvider } from './replicate.provider.js';
