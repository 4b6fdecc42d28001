import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { WaitObserver } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import type { DataSourceOptions } from 'typeorm';

import { createDataSource } from '../create-data-source.js';
import { MODULE_OPTIONS_TOKEN } from '../database.module-definition.js';
import type { DatabaseModuleOptions } from '../database-module.options.js';
import { StatementObserver } from '../ports/statement-observer.js';
import { LogsLeaks } from './logs-leaks.js';
import type { PooledDataSource } from './pooled-data-source.js';

/** Our options on their way through TypeOrmModule, which adds the entities of every `forFeature()`. */
interface Carried {
  readonly pooled: DatabaseModuleOptions;
}

/** `TypeOrmModule` with the pooled data source. @param optionsModule - exports the options of the database */
export function typeOrmModule(optionsModule: DynamicModule): DynamicModule {
  return TypeOrmModule.forRootAsync({
    imports: [optionsModule],
    inject: [
      MODULE_OPTIONS_TOKEN,
      ...[Clock, WaitObserver, StatementObserver].map((token) => ({ token, optional: true })),
    ],
    useFactory: (
      options: DatabaseModuleOptions,
      clock?: Clock,
      observer?: WaitObserver,
      statementObserver?: StatementObserver,
    ) =>
      carry({
        ...(clock === undefined ? {} : { clock }),
        ...(observer === undefined ? {} : { observer }),
        ...(statementObserver === undefined ? {} : { statementObserver }),
        leakObserver: new LogsLeaks(),
        ...options,
      }),
    dataSourceFactory: (options) => Promise.resolve(open(options)),
  });
}

function carry(options: DatabaseModuleOptions): TypeOrmModuleOptions & Carried {
  return {
    pooled: options,
    type: 'better-sqlite3',
    autoLoadEntities: options.autoLoadEntities ?? true,
    // A file that cannot be opened now cannot be opened in three seconds either; a server's supervisor starts us again.
    toRetry: () => false,
    ...(options.entities === undefined ? {} : { entities: options.entities }),
  };
}

function open(options: DataSourceOptions | undefined): PooledDataSource {
  if (options === undefined || !carriesOurs(options))
    throw new TypeError('TypeOrmModule dropped the options.');
  return createDataSource({ ...options.pooled, entities: options.entities ?? [], synchronize: false });
}

const carriesOurs = (options: DataSourceOptions): options is DataSourceOptions & Carried =>
  'pooled' in options;
