export { GoogleVeoModule } from './google-veo.module.js';
export type { GoogleVeoOptions } from './google-veo.options.js';
export { GoogleVeoProvider } from './google-veo.provider.js';
