import { Injectable, Module, SetMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MetricsModule } from '../metrics.module.js';
import { LogLines } from '../../testing/index.js';
import { SlowOperations } from './slow-operations.js';
import { Timed } from './timed.decorator.js';

const clock = new ManualClock();

@Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
class ClockModule {}

@Injectable()
class Base {
  @Timed({ kind: 'task' })
  async inherited(): Promise<void> {
    await clock.advance(1_100);
  }
}

@Injectable()
class Importer extends Base {
  readonly #factor = 2;

  @Timed({ name: 'import', slowAfterMs: 50 })
  @SetMetadata('mark', 'kept')
  async all(count: number): Promise<number> {
    await clock.advance(60);
    return count * this.#factor;
  }

  @Timed()
  quick(): string {
    return 'at once';
  }
}

describe('Timed', () => {
  let app: TestingModule;

  beforeEach(async () => {
    const builder = Test.createTestingModule({
      imports: [
        MetricsModule.forRoot({
          processMetrics: false,
          imports: [ClockModule],
        }),
      ],
      providers: [Importer],
    });
    app = await builder.setLogger(new LogLines()).compile();
    await app.init();
  });
  afterEach(() => app.close());

  const slow = () =>
    app
      .get(SlowOperations)
      .latest()
      .map(({ kind, operation, durationMs }) => [kind, operation, durationMs]);

  it('times the methods of providers, with their own names and limits', async () => {
    const importer = app.get(Importer);
    expect([await importer.all(4), importer.quick()]).toEqual([8, 'at once']);
    expect(slow()).toEqual([['method', 'import', 60]]);
  });

  it('times methods that a class inherits', async () => {
    await app.get(Importer).inherited();
    expect(slow()).toEqual([['task', 'Base.inherited', 1_100]]);
  });

  it('keeps what other decorators say of a method', () => {
    const method: unknown = Reflect.get(Importer.prototype, 'all');
    expect(typeof method === 'function' && [method.name, Reflect.getMetadata('mark', method)]).toEqual([
      'all',
      'kept',
    ]);
  });

  it('leaves instances alone that no application holds', async () => {
    expect(await new Importer().all(1)).toBe(2);
    expect(slow()).toEqual([]);
  });
});
