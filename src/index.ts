export {
  BrowserReadable,
  CurrentPrincipal,
  Public,
  RequireScope,
  type Principal,
  type Scope,
} from './auth/index.js';
export { loadConfig, PenstockConfig, type Environment } from './config/index.js';
export { createPenstock, type Penstock, type PenstockOptions } from './create-penstock.js';
export { GENERATION_CHANGED } from './generations/generation-events.js';
export { Generation } from './generations/generation.entity.js';
export { GenerationsService } from './generations/generations.service.js';
export type { GenerationSettings } from './generations/generations.options.js';
export { ContributesHealth, type HealthContributor, type HealthReport } from './health/index.js';
export { createHttpAdapter } from './http/index.js';
export { setupOpenApi } from './openapi/index.js';
export { PenstockModule, type PenstockModuleOptions } from './penstock.module.js';
export { Retained, type RetainedRows } from './retention/index.js';
