export { loadPluginModules } from './load-plugin-modules.js';
export { PluginHostModule } from './plugin-host.module.js';
export { PluginError, type PluginErrorCode } from './plugin.errors.js';
export { type ModelOffer, type ProviderEntry, ProviderRegistry } from './provider.registry.js';
export { SinkRegistry } from './sink.registry.js';
