import { Module } from '@nestjs/common';
import { SettingsModule } from 'penstock/settings';

import { SecretsModule } from '../secrets/index.js';
import { LinkSigner } from './link-signer.js';
import { LinksController } from './links.controller.js';
import { linkSettings } from './links.settings.js';
import { ResultLinks } from './result-links.js';

/**
 * Signed links to files. `GenerationAssets`, `GenerationsService`, `GenerationStore`, `Settings` with the section of webhooks, and
 * `Clock` come from global modules.
 */
@Module({
  imports: [SecretsModule, SettingsModule.forFeature([linkSettings])],
  controllers: [LinksController],
  providers: [LinkSigner, ResultLinks],
  exports: [ResultLinks],
})
export class LinksModule {}
