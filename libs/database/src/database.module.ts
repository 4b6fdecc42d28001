import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock, SystemClock } from 'penstock/kernel';
import { DataSource } from 'typeorm';

import { DatabaseOptionsModule } from './database-options.module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './database.module-definition.js';
import { DatabasePool } from './database-pool.js';
import { DatabaseFile } from './maintenance/database-file.js';
import { isPooled } from './typeorm/pooled-data-source.js';
import { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';
import { typeOrmModule } from './typeorm/typeorm-module.js';
import { WriteBehindBuffers } from './write-behind/write-behind-buffers.js';

const pool: FactoryProvider<DatabasePool> = {
  provide: DatabasePool,
  inject: [DataSource],
  useFactory: (dataSource: DataSource) => {
    if (isPooled(dataSource)) return new DatabasePool(dataSource);
    throw new Error(
      'DatabaseModule found a DataSource that is not its own. Drop the other TypeOrmModule.forRoot().',
    );
  },
};

const file: FactoryProvider<DatabaseFile | null> = {
  provide: DatabaseFile,
  inject: [DataSource],
  useFactory: (dataSource: DataSource) =>
    dataSource instanceof PooledSqliteDataSource ? (dataSource.file ?? null) : null,
};

const buffers: FactoryProvider<WriteBehindBuffers> = {
  provide: WriteBehindBuffers,
  inject: [DatabasePool, { token: Clock, optional: true }],
  useFactory: (database: DatabasePool, clock: Clock = new SystemClock()) =>
    new WriteBehindBuffers(database, clock),
};

/**
 * The pooled database, SQLite or PostgreSQL, behind `@nestjs/typeorm`: `TypeOrmModule.forFeature([Entity])` and
 * `@InjectRepository` work as ever, and {@link DatabasePool}, {@link WriteBehindBuffers} and {@link DatabaseFile} (`null` where the
 * database is no file) are exported. Pending migrations run before the application starts; the schema
 * is never synchronized. A `Clock`, a `WaitObserver` and a `StatementObserver` are taken from a global module if there are any.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withTypeOrm(DatabaseOptionsModule.forRoot(options));
  }

  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withTypeOrm(DatabaseOptionsModule.forRootAsync(options));
  }
}

function withTypeOrm({ global = true, ...options }: DynamicModule): DynamicModule {
  return {
    module: DatabaseModule,
    global,
    imports: [typeOrmModule(options)],
    providers: [pool, file, buffers],
    exports: [DatabasePool, DatabaseFile, WriteBehindBuffers, TypeOrmModule],
  };
}
