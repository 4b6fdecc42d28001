import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { ScriptedOperation } from '../testing/index.js';
import { BatchCreator } from './batch-creator.js';
import { BatchOperation } from './batch-operation.js';
import { BatchRunner } from './batch-runner.js';
import { BatchModule } from './batch.module.js';
import { BatchStore } from './ports/batch-store.js';
import { MemoryBatchStore } from './strategies/memory-batch-store.js';

@Injectable()
@BatchOperation('my.script', { concurrency: 2 })
class MyScript extends ScriptedOperation {
  constructor(@Inject(Clock) clock: Clock) {
    super(clock);
  }
}

@Module({
  providers: [
    { provide: Clock, useClass: ManualClock },
    { provide: BatchStore, useClass: MemoryBatchStore },
  ],
  exports: [Clock, BatchStore],
})
class PartsModule {}

/** Of a user of the lib: an operation in a module of their own. */
@Module({ imports: [PartsModule], providers: [MyScript] })
class MyModule {}

describe('BatchModule', () => {
  it('carries out the operations of any module, and stops with the application', async () => {
    const imports = [BatchModule.forRoot({ imports: [PartsModule] }), MyModule];
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    const clock = app.get<ManualClock>(Clock, { strict: false });
    const input = { items: [{}, { tookMs: 10 }] };
    const { id } = await app
      .get(BatchCreator, { strict: false })
      .create({ operation: 'my.script', input, createdBy: 'me' });
    await clock.advance(100);
    const store = app.get(BatchStore, { strict: false });
    expect(await store.get(id)).toMatchObject({ state: 'completed', operation: 'my.script' });
    await app.close();
    expect([app.get(BatchRunner, { strict: false }).active, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('refuses options that are out of bounds', async () => {
    const imports = [BatchModule.forRoot({ imports: [PartsModule], pageSize: 0 })];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow(
      'pageSize must be an integer >= 1, got 0',
    );
  });
});
