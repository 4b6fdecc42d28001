export { ArkModule } from './ark.module.js';
export type { ArkOptions } from './ark.options.js';
export { ArkProvider } from './ark.provider.js';
