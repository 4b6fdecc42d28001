import { ConfigError } from '../config.errors.js';
import { loadConfig, type Environment } from '../load-config.js';

/** What is wrong with an environment. @throws Error when it is accepted */
export function problemsOf(environment: Environment): ConfigError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}
