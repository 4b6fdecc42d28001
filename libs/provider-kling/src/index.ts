export { KlingModule } from './kling.module.js';
export type { KlingOptions } from './kling.options.js';
export { KlingProvider } from './kling.provider.js';
