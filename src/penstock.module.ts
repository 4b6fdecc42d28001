import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { BalancerModule, type BalancerModuleExtras, type BalancerOptions } from 'penstock/balancer';
import { DatabaseModule, type DatabaseModuleOptions, type SqliteModuleOptions } from 'penstock/database';
import { assertNever } from 'penstock/kernel';
import { PluginHostModule } from 'penstock/plugin-host';
import { PollingModule, type PollingOptions } from 'penstock/polling';
import { SettingsModule, type SettingsOptions } from 'penstock/settings';
import { TokenCacheModule, type TokenCacheOptions } from 'penstock/token-cache';
import { UpstreamModule, type UpstreamOptions } from 'penstock/upstream';

import { AssetsModule } from './assets/index.js';
import { AuthModule } from './auth/index.js';
import { BatchesModule } from './batches/index.js';
import { BalancerAdminModule } from './balancer/balancer-admin.module.js';
import { PenstockConfig, PenstockConfigModule, readConfig } from './config/index.js';
import { DatabaseOperationsModule } from './database/index.js';
import { EdgesModule } from './edges/index.js';
import { GenerationsModule } from './generations/generations.module.js';
import type { GenerationOptions } from './generations/generations.options.js';
import { HealthModule } from './health/index.js';
import { HooksModule } from './hooks/index.js';
import { HttpModule } from './http/index.js';
import { LinksModule } from './links/index.js';
import { LoggingModule } from './logging/logging.module.js';
import { GatewayMetricsModule } from './metrics/metrics.module.js';
import { migrations } from './migrations.js';
import { OpenApiModule } from './openapi/index.js';
import { OpenAiModule } from './openai/openai.module.js';
import { OutgoingModule } from './outgoing/index.js';
import { PollingAdminModule, PollKnowledgeModule } from './polling/index.js';
import { ProxiesModule } from './proxies/index.js';
import { RequestsModule } from './requests/index.js';
import { RetentionModule } from './retention/index.js';
import { RuntimeModule } from './runtime/runtime.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { GatewaySettingsModule } from './settings/gateway-settings.module.js';
import { TracingModule } from './tracing/index.js';
import { TokensModule, TokenStorageModule } from './tokens/index.js';
import { UsageModule } from './usage/index.js';
import { WebhooksModule } from './webhooks/index.js';

/**
 * What a Penstock is made of. Everything may be left out. Numbers of `balancer`, `generations`, `polling` and `tokenCache`
 * are the defaults of the settings, which operators change while it runs.
 */
export interface PenstockModuleOptions {
  /** @defaultValue what the environment and `.env` say */
  readonly config?: PenstockConfig;
  /** Nest modules that hold providers, strategies and whatever else extends it. @defaultValue none */
  readonly plugins?: readonly (Type | DynamicModule)[];
  readonly balancer?: BalancerOptions & Pick<BalancerModuleExtras, 'leaseStore'>;
  /** `pragmas` and `maintenance` are SQLite's; PostgreSQL takes no notice of them. */
  readonly database?: DatabaseSettings;
  readonly generations?: Omit<GenerationOptions, 'deadlineMs'>;
  readonly polling?: PollingOptions;
  readonly settings?: SettingsOptions;
  readonly tokenCache?: TokenCacheOptions;
  readonly upstream?: UpstreamOptions;
}

type DatabaseSettings = Pick<SqliteModuleOptions, 'readers' | 'acquireTimeoutMs' | 'pragmas' | 'maintenance'>;

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
        TracingModule,
        EventEmitterModule.forRoot({ maxListeners: 0 }),
        ScheduleModule.forRoot(),
        ...infrastructure(config, options),
        PluginHostModule,
        ...(options.plugins ?? []),
        ...[
          HttpModule,
          AuthModule,
          TokensModule,
          EdgesModule,
          ProxiesModule,
          SessionsModule,
          OutgoingModule,
          BalancerAdminModule,
          BatchesModule,
          GenerationsModule.forRoot({ ...options.generations, ...deadlinesOf(options.polling) }),
          GatewaySettingsModule.forRoot(options),
          LinksModule,
          OpenAiModule,
          PollingAdminModule,
          HealthModule,
          DatabaseOperationsModule,
          RequestsModule,
          RetentionModule,
          UsageModule,
          WebhooksModule,
          HooksModule,
          AssetsModule,
          OpenApiModule,
        ],
      ],
    };
  }
}

/** Deadlines are an option of polling, and a setting of generations. */
function deadlinesOf({ deadlineMs }: PollingOptions = {}): Pick<GenerationOptions, 'deadlineMs'> {
  return deadlineMs === undefined ? {} : { deadlineMs };
}

function infrastructure(
  config: PenstockConfig,
  { database, tokenCache, balancer, polling, settings, upstream }: PenstockModuleOptions,
): DynamicModule[] {
  return [
    DatabaseModule.forRoot(databaseOptions(config, database)),
    SettingsModule.forRoot({ ...settings, isGlobal: true }),
    UpstreamModule.forRoot({ ...upstream, isGlobal: true }),
    TokenCacheModule.forRoot({ ...tokenCache, imports: [TokenStorageModule], isGlobal: true }),
    BalancerModule.forRoot({ ...balancer, isGlobal: true }),
    PollingModule.forRoot({ ...polling, imports: [PollKnowledgeModule], isGlobal: true }),
  ];
}

function databaseOptions(
  { database }: PenstockConfig,
  { pragmas, maintenance, ...settings }: DatabaseSettings = {},
): DatabaseModuleOptions {
  const common = { ...settings, exclusive: true, migrations };
  switch (database.kind) {
    case 'postgres':
      return { ...common, url: database.url };
    case 'sqlite':
      return {
        ...common,
        path: database.path,
        ...(pragmas === undefined ? {} : { pragmas }),
        ...(maintenance === undefined ? {} : { maintenance }),
      };
    default:
      return assertNever(database);
  }
}
