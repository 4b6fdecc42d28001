import { EventEmitter2 } from '@nestjs/event-emitter';
import { DatabasePool, PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { ManualClock } from 'penstock/kernel/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ChangeRecorders } from '../../src/generations/change-recorders.js';
import { GenerationEvents } from '../../src/generations/generation-events.js';
import { GenerationStore } from '../../src/generations/generation-store.js';
import { Generation } from '../../src/generations/generation.entity.js';
import { GenerationFactory } from '../../src/generations/generation.factory.js';
import { generationMigrations } from '../../src/generations/migrations/index.js';
import { RetiredJob } from '../../src/generations/retired-job.entity.js';
import { aRequest } from '../../src/generations/testing/a-request.js';

describePostgres('Progress on PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let source: PooledPostgresDataSource;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
    source = await new PooledPostgresDataSource({
      url: database.url,
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.remove();
  });

  it('is written for many at once, only of those under way, and never goes back', async () => {
    const clock = new ManualClock();
    const events = new GenerationEvents(new EventEmitter2());
    const store = new GenerationStore(new DatabasePool(source), events, new ChangeRecorders(), clock);
    const generations = Array.from({ length: 3 }, () =>
      new GenerationFactory(clock).create(aRequest(), 'key_1'),
    );
    for (const generation of generations) await store.insert(generation);
    const idOf = (index: number): string => generations[index]?.id ?? '';
    const [underWay, further, waiting] = [idOf(0), idOf(1), idOf(2)];
    for (const id of [underWay, further])
      await store.change(id, { status: 'in_progress', progress: 5 }, { from: ['queued'] });
    store.progress.add(underWay, { progress: 40, polls: 3 });
    store.progress.add(further, { progress: 4, polls: 3 });
    store.progress.add(waiting, { progress: 40, polls: 3 });
    await store.progress.flush();
    const rows = source.getRepository(Generation);
    const after = await rows.findOneByOrFail({ id: underWay });
    expect(after).toMatchObject({ progress: 40, polls: 3, revision: 3 });
    expect(store.live(underWay)).toEqual(after);
    expect(store.serial).toBe(after.serial);
    expect(await rows.findOneByOrFail({ id: further })).toMatchObject({ progress: 5, revision: 2 });
    expect(await rows.findOneByOrFail({ id: waiting })).toMatchObject({ progress: 0, revision: 1 });
  });
});
