import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { BalancerModule, type BalancerModuleExtras, type BalancerOptions } from 'penstock/balancer';
import { DatabaseModule, type DatabaseModuleOptions } from 'penstock/database';
import { PluginHostModule } from 'penstock/plugin-host';
import { PollingModule, type PollingOptions } from 'penstock/polling';
import { TokenCacheModule, type TokenCacheOptions } from 'penstock/token-cache';
import { UpstreamModule, type UpstreamOptions } from 'penstock/upstream';

import { AuthModule } from './auth/index.js';
import { BalancerAdminModule } from './balancer/balancer-admin.module.js';
import { PenstockConfig, PenstockConfigModule, readConfig } from './config/index.js';
import { GenerationsModule } from './generations/generations.module.js';
import type { GenerationSettings } from './generations/generations.options.js';
import { HealthModule } from './health/index.js';
import { HttpModule } from './http/index.js';
import { LoggingModule } from './logging/logging.module.js';
import { GatewayMetricsModule } from './metrics/metrics.module.js';
import { migrations } from './migrations.js';
import { OpenApiModule } from './openapi/index.js';
import { OpenAiModule } from './openai/openai.module.js';
import { RuntimeModule } from './runtime/runtime.module.js';
import { TokensModule, TokenStorageModule } from './tokens/index.js';

/** What a Penstock is made of. Everything may be left out. */
export interface PenstockModuleOptions {
  /** @defaultValue what the environment and `.env` say */
  readonly config?: PenstockConfig;
  /** Nest modules that hold providers, strategies and whatever else extends it. @defaultValue none */
  readonly plugins?: readonly (Type | DynamicModule)[];
  readonly balancer?: BalancerOptions & Pick<BalancerModuleExtras, 'leaseStore'>;
  readonly database?: Pick<DatabaseModuleOptions, 'readers' | 'acquireTimeoutMs' | 'pragmas'>;
  readonly generations?: Partial<GenerationSettings>;
  readonly polling?: PollingOptions;
  readonly tokenCache?: TokenCacheOptions;
  readonly upstream?: UpstreamOptions;
}

/** The gateway as a module of a Nest application on the Fastify adapter; see `createPenstock` for a whole one. */
@Module({})
export class PenstockModule {
  /** @throws ConfigError that names every bad variable */
  static async forRoot(options: PenstockModuleOptions = {}): Promise<DynamicModule> {
    const config = options.config ?? (await readConfig());
    return {
      module: PenstockModule,
      imports: [
        PenstockConfigModule.forRoot(config),
        RuntimeModule,
        LoggingModule,
        GatewayMetricsModule,
        EventEmitterModule.forRoot({ maxListeners: 0 }),
        ScheduleModule.forRoot(),
        ...infrastructure(config, options),
        PluginHostModule,
        ...(options.plugins ?? []),
        ...[
          HttpModule,
          AuthModule,
          TokensModule,
          BalancerAdminModule,
          GenerationsModule.forRoot(options.generations),
          OpenAiModule,
          HealthModule,
          OpenApiModule,
        ],
      ],
    };
  }
}

function infrastructure(
  config: PenstockConfig,
  { database, tokenCache, balancer, polling, upstream }: PenstockModuleOptions,
): DynamicModule[] {
  return [
    DatabaseModule.forRoot({ ...database, path: config.databasePath, exclusive: true, migrations }),
    UpstreamModule.forRoot({ ...upstream, isGlobal: true }),
    TokenCacheModule.forRoot({ ...tokenCache, imports: [TokenStorageModule], isGlobal: true }),
    BalancerModule.forRoot({ ...balancer, isGlobal: true }),
    PollingModule.forRoot({ ...polling, isGlobal: true }),
  ];
}
