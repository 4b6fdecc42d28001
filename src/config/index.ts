export { ConfigError } from './config.errors.js';
export { PenstockConfigModule } from './config.module.js';
export { loadConfig, type Environment } from './load-config.js';
export { readConfig } from './read-config.js';
export {
  LOG_LEVELS,
  PenstockConfig,
  type DatabaseLocation,
  type LogLevel,
  type S3Config,
  type TracingConfig,
} from './penstock-config.js';
