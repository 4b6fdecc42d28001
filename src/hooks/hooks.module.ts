import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PluginHostModule } from 'penstock/plugin-host';

import { SecretsModule } from '../secrets/index.js';
import { HookChannels } from './hook-channels.js';
import { HookPaths } from './hook-paths.js';
import { HookRate } from './hook-rate.js';
import { HookSecretRow } from './hook-secret.entity.js';
import { HookSecrets } from './hook-secrets.js';
import { HooksAdminController } from './hooks-admin.controller.js';
import { HooksController } from './hooks.controller.js';
import { InboundHooks } from './inbound-hooks.js';

/**
 * Callbacks of upstreams. `JobCallbacks`, `DatabasePool`, `Settings` with the section of webhooks, and `Clock` come from global
 * modules.
 */
@Module({
  imports: [TypeOrmModule.forFeature([HookSecretRow]), PluginHostModule, SecretsModule],
  controllers: [HooksController, HooksAdminController],
  providers: [HookChannels, HookPaths, HookRate, HookSecrets, InboundHooks],
})
export class HooksModule {}
