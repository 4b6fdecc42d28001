import type { DatabaseOptions } from './database.options.js';
import type { PostgresOptions } from './postgres/postgres.options.js';

/** Options of the Nest module for SQLite: those of the data source, but the schema comes from migrations only. */
export interface SqliteModuleOptions extends Omit<DatabaseOptions, 'synchronize'>, ModuleOptions {
  readonly url?: never;
}

/** Options of the Nest module for PostgreSQL, likewise. */
export interface PostgresModuleOptions extends Omit<PostgresOptions, 'synchronize'>, ModuleOptions {
  readonly path?: never;
}

/** `path` chooses SQLite, `url` PostgreSQL. */
export type DatabaseModuleOptions = SqliteModuleOptions | PostgresModuleOptions;

interface ModuleOptions {
  /** Adds the entities of every `TypeOrmModule.forFeature()`. @defaultValue true */
  readonly autoLoadEntities?: boolean;
}
