import { Controller, Get, Module, NotFoundException, Param, Post } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabasePool, WriteBehindBuffers } from 'penstock/database';
import { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { MetricsModule } from 'penstock/metrics';
import { Settings, SettingsEditor } from 'penstock/settings';

import { startApp, type TestApp } from '../../../test/support/start-app.js';
import { AuthModule, RequireScope } from '../../auth/index.js';
import { BatchItemRow } from '../../batches/batch-item.entity.js';
import { BatchRow } from '../../batches/batch.entity.js';
import { ChangeRecorders } from '../../generations/change-recorders.js';
import { GENERATION_CHANGED } from '../../generations/generation-events.js';
import { Generation } from '../../generations/generation.entity.js';
import { GenerationFactory } from '../../generations/generation.factory.js';
import { RetiredJob } from '../../generations/retired-job.entity.js';
import { aRequest } from '../../generations/testing/a-request.js';
import { ProtectedMetricsController } from '../../metrics/protected-metrics.controller.js';
import { migrations } from '../../migrations.js';
import { RetentionModule } from '../../retention/index.js';
import { TokenTransition } from '../../tokens/lifecycle/token-transition.entity.js';
import { UsageRow } from '../../usage/ledger/usage-row.entity.js';
import { RequestsModule } from '../index.js';
import { requestIsAbout } from '../request-context.js';

/** Nobody writes along. */
@Module({})
class Recorders {}

@RequireScope('read')
@Controller('v1/films')
class FilmsController {
  @Post()
  create(): { readonly id: string } {
    requestIsAbout({ generationId: 'film_new' });
    return { id: 'film_new' };
  }

  @Get(':id')
  read(@Param('id') id: string): { readonly id: string } {
    requestIsAbout({ generationId: id, tokenId: 'tok_of_film' });
    if (id === 'film_gone') throw new NotFoundException('It is gone.');
    return { id };
  }
}

/** An application with the log of requests, and a few routes to log. */
export interface RequestsApp {
  readonly test: TestApp;
  readonly pool: DatabasePool;
  /** Writes what was recorded. */
  flush(): Promise<void>;
  /** Sets fields of a section. */
  set(section: string, values: Readonly<Record<string, unknown>>): Promise<void>;
  /** Stores a generation, and tells of it. */
  generation(changes: Partial<Generation>): Promise<Generation>;
}

/** Starts it on every migration of the application. */
export async function startRequestsApp(): Promise<RequestsApp> {
  const test = await startApp({
    imports: [
      MetricsModule.forRoot({
        isGlobal: true,
        processMetrics: false,
        controller: ProtectedMetricsController,
      }),
      EventEmitterModule.forRoot(),
      TypeOrmModule.forFeature([BatchItemRow, BatchRow, Generation, RetiredJob, TokenTransition, UsageRow]),
      ...[AuthModule, RequestsModule, RetentionModule],
      { module: Recorders, global: true, providers: [ChangeRecorders], exports: [ChangeRecorders] },
    ],
    controllers: [FilmsController],
    globals: [{ provide: Random, useValue: new SeededRandom(7) }],
    migrations,
  });
  const [pool, buffers] = [test.app.get(DatabasePool), test.app.get(WriteBehindBuffers)];
  const factory = new GenerationFactory(test.clock);
  return {
    test,
    pool,
    flush: async () => {
      while ((buffers.stats().get('request-log')?.pending ?? 0) > 0) {
        await test.clock.advance(250);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    set: async (section, values) => {
      const { version } = test.app.get(Settings).state(section);
      await test.app.get(SettingsEditor).patch(section, values, { expectedVersion: version, by: 'key_test' });
    },
    generation: async (changes) => {
      const generation = { ...factory.create(aRequest(), 'key_1'), ...changes };
      await pool.write((manager) =>
        manager.insert(Generation, { ...generation, input: { ...generation.input } }),
      );
      test.app.get(EventEmitter2).emit(GENERATION_CHANGED, generation);
      return generation;
    },
  };
}
