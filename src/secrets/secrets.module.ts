import { Logger, Module } from '@nestjs/common';

import { PenstockConfig } from '../config/index.js';

import { loadOrCreateKeyFile } from './key-file.js';
import { SecretBox } from './secret-box.js';

/** Provides {@link SecretBox}, keyed from the configuration or else from the key file of the data folder. */
@Module({
  providers: [{ provide: SecretBox, inject: [PenstockConfig], useFactory: createSecretBox }],
  exports: [SecretBox],
})
export class SecretsModule {}

async function createSecretBox(config: PenstockConfig): Promise<SecretBox> {
  if (config.secretKeys !== null) return new SecretBox(config.secretKeys);
  const { path, keys, created } = await loadOrCreateKeyFile(config.dataDir);
  if (created) {
    new Logger(SecretsModule.name).warn(
      `Made a key that seals stored tokens: ${path}. Back it up apart from the database; without it they cannot be opened.`,
    );
  }
  return new SecretBox(keys);
}
