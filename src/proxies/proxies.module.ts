import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { ProxyStates, TunnelProbe } from 'penstock/upstream';

import { ProxyGate, ProxyPool } from '../providers/index.js';
import { SecretsModule } from '../secrets/index.js';
import { HealthGate } from './health-gate.js';
import { ProxiesController } from './proxies.controller.js';
import { pausesOf, ProxyReports } from './proxy-reports.js';
import { ProxyTester } from './proxy-tester.js';
import { ProxyRow } from './proxy.entity.js';
import { StoredProxies } from './stored-proxies.js';

/**
 * The proxies on the way to upstreams, for calls of providers, for the balancer and for operators. `DatabasePool`,
 * `EdgeStates`, `AppMetrics`, `Settings` and `Clock` come from global modules; the section `proxy` from `ProvidersModule`.
 */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ProxyRow]), SecretsModule],
  controllers: [ProxiesController],
  providers: [
    StoredProxies,
    ProxyTester,
    ProxyReports,
    {
      provide: ProxyStates,
      inject: [Clock, Settings],
      useFactory: (clock: Clock, settings: Settings) =>
        new ProxyStates({ clock, probe: new TunnelProbe(), options: () => pausesOf(settings) }),
    },
    { provide: ProxyPool, useExisting: StoredProxies },
    { provide: ProxyGate, useClass: HealthGate },
  ],
  exports: [ProxyStates, ProxyPool, ProxyGate],
})
export class ProxiesModule {}
