export { LumaAgentsModule } from './luma-agents.module.js';
export type { LumaAgentsOptions } from './luma-agents.options.js';
export { LumaAgentsProvider } from './luma-agents.provider.js';
