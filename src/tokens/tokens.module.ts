import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';

import { ProvidersModule } from '../providers/index.js';

import { TokenCounters } from './token-counters.js';
import { TokenHealth } from './token-health.js';
import { TokenStorageModule } from './token-storage.module.js';
import { TokenProbe } from './token-probe.js';
import { TokenStore } from './token-store.js';
import { TokenTester } from './token-tester.js';
import { TokenViews } from './token-views.js';
import { TokensController } from './tokens.controller.js';
import { TokensService } from './tokens.service.js';

/**
 * Tokens for operators, and their health for whoever calls upstreams. `TokenCache`, `DatabasePool` and `Clock` come from
 * global modules; `InFlightCounter` and `TokenUsage` too, if there are any.
 */
@Module({
  imports: [TokenStorageModule, PluginHostModule, ProvidersModule],
  controllers: [TokensController],
  providers: [TokenCounters, TokenHealth, TokenProbe, TokenStore, TokenTester, TokenViews, TokensService],
  exports: [TokenStorageModule, TokenHealth, TokenStore],
})
export class TokensModule {}
