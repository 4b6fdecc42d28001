import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { DatabaseOptionsModule } from './database-options.module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './database.module-definition.js';
import { DatabasePool } from './database-pool.js';
import { isPooled } from './typeorm/pooled-data-source.js';
import { typeOrmModule } from './typeorm/typeorm-module.js';

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

/**
 * The pooled database, SQLite or PostgreSQL, behind `@nestjs/typeorm`: `TypeOrmModule.forFeature([Entity])` and `@InjectRepository`
 * work as ever, and {@link DatabasePool} is exported. Pending migrations run before the application starts; the schema
 * is never synchronized. A `Clock` and a `WaitObserver` are taken from a global module if there are any.
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
    providers: [pool],
    exports: [DatabasePool, TypeOrmModule],
  };
}
