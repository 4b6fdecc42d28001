export { FalModule } from './fal.module.js';
export type { FalModel, FalOptions } from './fal.options.js';
export { FalProvider } from './fal.provider.js';
