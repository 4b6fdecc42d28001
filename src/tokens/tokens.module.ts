import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';
import { SettingsModule } from 'penstock/settings';

import { ProvidersModule } from '../providers/index.js';

import { TokenExportController } from './export/token-export.controller.js';
import { TokenExportAudit } from './export/token-export-audit.js';
import { TokenExport } from './export/token-export.js';
import { CredentialRefresher } from './lifecycle/credential-refresher.js';
import { ExpiryWatch } from './lifecycle/expiry-watch.js';
import { TokenLifecycleController } from './lifecycle/token-lifecycle.controller.js';
import { TokenQuotas } from './lifecycle/token-quotas.js';
import { tokenRefreshSettings } from './lifecycle/token-refresh.settings.js';
import { TokenSelector } from './selection/token-selector.js';
import { TokenTwins } from './selection/token-twins.js';
import { TokenListing } from './listing/token-listing.js';
import { TokenCalls } from './token-calls.js';
import { TokenCounters } from './token-counters.js';
import { TokenHealth } from './token-health.js';
import { TokenIncidentsModule } from './token-incidents.js';
import { TokenStorageModule } from './token-storage.module.js';
import { TokenProbe } from './token-probe.js';
import { TokenStore } from './token-store.js';
import { TokenTester } from './token-tester.js';
import { TokenViews } from './token-views.js';
import { TokensController } from './tokens.controller.js';
import { TokensService } from './tokens.service.js';

/**
 * Tokens for operators, and their health for whoever calls upstreams. `TokenCache`, `DatabasePool`, `Settings` and
 * `Clock` come from global modules; `InFlightCounter` and `TokenUsage` too, if there are any.
 */
@Module({
  imports: [
    TokenStorageModule,
    PluginHostModule,
    ProvidersModule,
    TokenIncidentsModule,
    SettingsModule.forFeature([tokenRefreshSettings]),
  ],
  controllers: [TokenExportController, TokensController, TokenLifecycleController],
  providers: [
    ...[
      TokenCalls,
      TokenCounters,
      TokenHealth,
      TokenListing,
      TokenProbe,
      TokenStore,
      TokenTester,
      TokenViews,
      TokensService,
    ],
    ...[CredentialRefresher, ExpiryWatch, TokenQuotas],
    ...[TokenExport, TokenExportAudit, TokenSelector, TokenTwins],
  ],
  exports: [
    ...[TokenStorageModule, TokenCalls, TokenHealth, TokenStore, TokenTester, TokensService],
    ...[CredentialRefresher, TokenQuotas, TokenSelector, TokenTwins],
  ],
})
export class TokensModule {}
