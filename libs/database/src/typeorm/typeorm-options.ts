import type { DataSourceOptions } from 'typeorm';

import type { ResolvedDatabaseOptions } from '../database.options.js';

/** TypeORM makes a driver for the type it is told before ours takes its place; this one needs no package. */
const PLACEHOLDER_DRIVER = Object.freeze({});

/** The part of the options that TypeORM itself reads. */
export function toTypeOrmOptions(options: ResolvedDatabaseOptions): DataSourceOptions {
  const { path, entities, migrations, subscribers, logging, migrationsRun, synchronize } = options;
  return {
    type: 'better-sqlite3',
    database: path,
    driver: PLACEHOLDER_DRIVER,
    ...{ entities, migrations, subscribers, logging, migrationsRun, synchronize },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.namingStrategy === undefined ? {} : { namingStrategy: options.namingStrategy }),
    ...(options.maxQueryExecutionTime === undefined
      ? {}
      : { maxQueryExecutionTime: options.maxQueryExecutionTime }),
  };
}
