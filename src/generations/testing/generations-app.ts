import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import multipart from '@fastify/multipart';
import { BalancerModule } from 'penstock/balancer';
import { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { PollingModule } from 'penstock/polling';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';

import { startApp, type TestApp } from '../../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../../auth/index.js';
import { OutgoingModule } from '../../outgoing/index.js';
import { tokenMigrations } from '../../tokens/migrations/index.js';
import { TokensModule, TokenStorageModule } from '../../tokens/index.js';
import { GenerationsModule } from '../generations.module.js';
import { generationMigrations } from '../migrations/index.js';
import { FakeProvider } from './fake-provider.js';
import type { FakeUpstream } from './fake-upstream.js';

/** The application with generations, the provider `acme` on `upstream`, a queue of two, and `more`. */
export function startGenerationsApp(
  upstream: FakeUpstream,
  ...more: readonly (Type | DynamicModule)[]
): Promise<TestApp> {
  @Module({ providers: [{ provide: FakeProvider, useFactory: () => new FakeProvider(upstream) }] })
  class AcmeModule {}
  return startApp({
    imports: [
      EventEmitterModule.forRoot({ maxListeners: 0 }),
      ScheduleModule.forRoot(),
      UpstreamModule.forRoot({ isGlobal: true }),
      TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
      BalancerModule.forRoot({ isGlobal: true, maxWaiting: 2 }),
      PollingModule.forRoot({ isGlobal: true }),
      AcmeModule,
      AuthModule,
      TokensModule,
      OutgoingModule,
      GenerationsModule.forRoot({ reconciliationPausesMs: [100] }),
      ...more,
    ],
    migrations: [...authMigrations, ...tokenMigrations, ...generationMigrations],
    configure: (app) => void app.register(multipart),
    globals: [{ provide: Random, useValue: new SeededRandom(1) }],
  });
}
