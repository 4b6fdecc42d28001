import { ConfigModule } from '@nestjs/config';

import { loadConfig, type Environment } from './load-config.js';
import type { PenstockConfig } from './penstock-config.js';

/**
 * The configuration of this process.
 *
 * @param environment - variables to use instead of those of the process. Without it a file `.env` in the working folder
 *   is read first; variables that are really set win over it.
 * @throws ConfigError that names every bad variable
 */
export async function readConfig(environment?: Environment): Promise<PenstockConfig> {
  if (environment !== undefined) return loadConfig(environment);
  await ConfigModule.forRoot();
  return loadConfig(process.env);
}
