import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';

import { TokensModule } from '../tokens/index.js';
import { BalancerController } from './balancer.controller.js';
import { Explanations } from './explanations.js';

/** The balancer for operators. `Balancer`, `TokenCache` and `ModelCatalog` come from global modules. */
@Module({
  imports: [PluginHostModule, TokensModule],
  controllers: [BalancerController],
  providers: [Explanations],
})
export class BalancerAdminModule {}
