export { RunwayModule } from './runway.module.js';
export type { RunwayOptions } from './runway.options.js';
export { RunwayProvider } from './runway.provider.js';
