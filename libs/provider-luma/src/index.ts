export { LumaModule } from './luma.module.js';
export type { LumaOptions } from './luma.options.js';
export { LumaProvider } from './luma.provider.js';
