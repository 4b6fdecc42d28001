import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Injectable, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { WaitObserver } from 'penstock/concurrency';
import { Clock, SystemClock } from 'penstock/kernel';
import {
  Column,
  DataSource,
  Entity,
  PrimaryGeneratedColumn,
  Repository,
  Table,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';

import { RecordingWaitObserver, TemporaryFolder } from '../testing/index.js';
import { DatabaseModule, DatabasePool, PooledSqliteDataSource, WriteBehindBuffers } from './index.js';

@Entity()
class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  text!: string;
}

class AddNote1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      {
        name: 'id',
        type: 'integer',
        isPrimary: true,
        isGenerated: true,
        generationStrategy: 'increment' as const,
      },
      { name: 'text', type: 'varchar' },
    ];
    await runner.createTable(new Table({ name: 'note', columns }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('note');
  }
}

@Injectable()
class Notes {
  constructor(
    @InjectRepository(Note) readonly repository: Repository<Note>,
    @InjectDataSource() readonly source: DataSource,
    readonly pool: DatabasePool,
  ) {}

  async add(...texts: string[]): Promise<number> {
    return this.pool.transaction(async () => {
      for (const text of texts) await this.repository.save({ text });
      return this.repository.count();
    });
  }
}

@Module({ imports: [TypeOrmModule.forFeature([Note])], providers: [Notes], exports: [Notes] })
class NotesModule {}

const observer = new RecordingWaitObserver();

@Module({
  providers: [
    { provide: WaitObserver, useValue: observer },
    { provide: Clock, useClass: SystemClock },
  ],
  exports: [WaitObserver, Clock],
})
class ObservedModule {}

describe('DatabaseModule', () => {
  const folder = new TemporaryFolder();

  afterEach(() => folder.remove());

  const migrations = [AddNote1700000000000];

  it('gives repositories, the data source and the pool of one migrated database', async () => {
    const path = await folder.file();
    const app = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ path, migrations }), NotesModule],
    }).compile();
    const notes = app.get(Notes);
    expect(await notes.add('one', 'two')).toBe(2);
    expect(notes.source).toBeInstanceOf(PooledSqliteDataSource);
    expect(notes.source.options.synchronize).toBe(false);
    await app.close();
    expect(notes.source.isInitialized).toBe(false);

    const again = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ path, migrations }), NotesModule],
    }).compile();
    expect(await again.get(Notes).repository.count()).toBe(2);
    await again.close();
  });

  it('writes what waits to be written before it closes, also what others add at their end', async () => {
    const path = await folder.file();

    @Injectable()
    class Visits implements BeforeApplicationShutdown {
      readonly buffer;

      constructor(buffers: WriteBehindBuffers) {
        this.buffer = buffers.create<string>({
          name: 'visits',
          maxDelayMs: 60_000,
          write: async (manager, texts) => {
            for (const text of texts) await manager.insert(Note, { text });
          },
        });
      }

      async beforeApplicationShutdown(): Promise<void> {
        await new Promise(setImmediate);
        this.buffer.add('at the end');
      }
    }
    const start = () =>
      Test.createTestingModule({
        imports: [DatabaseModule.forRoot({ path, migrations }), NotesModule],
        providers: [Visits],
      }).compile();
    const app = await start();
    app.get(Visits).buffer.add('before');
    await app.close();
    expect(app.get(Visits).buffer.stats()).toMatchObject({ pending: 0, written: 2, dropped: 0 });
    const again = await start();
    expect(await again.get(Notes).repository.find({ order: { id: 'ASC' } })).toMatchObject([
      { text: 'before' },
      { text: 'at the end' },
    ]);
    await again.close();
  });

  it('takes options from a factory, and reports waits to the observer of the application', async () => {
    const path = await folder.file();
    const app = await Test.createTestingModule({
      imports: [
        { module: ObservedModule, global: true },
        DatabaseModule.forRootAsync({ useFactory: () => Promise.resolve({ path, migrations, readers: 2 }) }),
        NotesModule,
      ],
    }).compile();
    const notes = app.get(Notes);
    expect(app.get(DatabasePool).stats().readers.size).toBe(2);
    await Promise.all([notes.add('one'), notes.add('two')]);
    expect(observer.waits).toMatchObject([{ resource: 'database.writer', outcome: 'acquired' }]);
    await app.close();
  });

  it('does not start on options out of bounds, or a file that cannot be opened', async () => {
    const start = (options: { path: string; readers?: number }) =>
      Test.createTestingModule({ imports: [DatabaseModule.forRoot(options)] })

        .compile();
    await expect(start({ path: 'x.db', readers: 100 })).rejects.toThrow(
      'readers must be an integer from 1 to 64, got 100',
    );
    const file = await folder.file('a file');
    await writeFile(file, 'not a folder');
    await expect(start({ path: join(file, 'x.db') })).rejects.toThrow('EEXIST');
    await expect(start({ path: file })).rejects.toMatchObject({ code: 'database_corrupt' });
  });

  it('keeps two applications in one process apart', async () => {
    const start = async (): Promise<Notes> => {
      const app = await Test.createTestingModule({
        imports: [DatabaseModule.forRoot({ path: ':memory:', migrations }), NotesModule],
      }).compile();
      return app.get(Notes);
    };
    const [first, second] = [await start(), await start()];
    await first.add('mine');
    expect(await second.repository.count()).toBe(0);
    await first.source.destroy();
    await second.source.destroy();
  });
});
