import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EdgeView } from 'penstock/balancer';
import { Clock } from 'penstock/kernel';
import { PluginHostModule } from 'penstock/plugin-host';
import { SettingsModule } from 'penstock/settings';
import { EdgeStates } from 'penstock/upstream';

import { EdgeGate, ProvidersModule } from '../providers/index.js';
import { ClearanceSources } from './clearance-sources.js';
import { EdgeReports } from './edge-reports.js';
import { edgeSettings } from './edge.settings.js';
import { EdgesController } from './edges.controller.js';
import { ProviderEdges } from './provider-edges.js';
import { TokenEdges } from './token-edges.js';
import { UpstreamEdgeProbe } from './upstream-edge-probe.js';

/**
 * The edges in front of upstreams, for calls of providers, for the balancer and for operators. `UpstreamClient`,
 * `ProxyStates`, `ProxyPool`, `Settings` and `Clock` come from global modules.
 */
@Global()
@Module({
  imports: [DiscoveryModule, PluginHostModule, ProvidersModule, SettingsModule.forFeature([edgeSettings])],
  controllers: [EdgesController],
  providers: [
    UpstreamEdgeProbe,
    ClearanceSources,
    EdgeReports,
    {
      provide: EdgeStates,
      inject: [Clock, UpstreamEdgeProbe, ClearanceSources],
      useFactory: (clock: Clock, probe: UpstreamEdgeProbe, desk: ClearanceSources) =>
        new EdgeStates({ clock, probe, desk }),
    },
    { provide: EdgeGate, useClass: ProviderEdges },
    { provide: EdgeView, useClass: TokenEdges },
  ],
  exports: [EdgeStates, EdgeGate, EdgeView],
})
export class EdgesModule {}
