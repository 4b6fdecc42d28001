import type { DataSourceOptions } from 'typeorm';
import type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';

import type { CommonDatabaseOptions, ResolvedDatabaseOptions } from '../database.options.js';

type TypeOrmOptions = Pick<
  ResolvedDatabaseOptions,
  keyof CommonDatabaseOptions & keyof BaseDataSourceOptions
>;

/** TypeORM makes a driver for the type it is told before ours takes its place; this one needs no package. */
const PLACEHOLDER_DRIVER = Object.freeze({});

/** The part of the options that TypeORM itself reads. */
export function toTypeOrmOptions(options: ResolvedDatabaseOptions): DataSourceOptions {
  return {
    ...commonTypeOrmOptions(options),
    type: 'better-sqlite3',
    database: options.path,
    driver: PLACEHOLDER_DRIVER,
  };
}

/** The part of it that does not depend on the database. */
export function commonTypeOrmOptions(options: TypeOrmOptions): TypeOrmOptions {
  const { entities, migrations, subscribers, logging, migrationsRun, synchronize } = options;
  return {
    entities,
    migrations,
    subscribers,
    logging,
    migrationsRun,
    synchronize,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.namingStrategy === undefined ? {} : { namingStrategy: options.namingStrategy }),
    ...(options.maxQueryExecutionTime === undefined
      ? {}
      : { maxQueryExecutionTime: options.maxQueryExecutionTime }),
  };
}
