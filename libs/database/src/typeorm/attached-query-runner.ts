import type { Table } from 'typeorm';
import { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';

/** What TypeORM's runner asks about tables, asked of the database that a table is in. Theirs asks the main one only. */
export abstract class AttachedQueryRunner extends AbstractSqliteQueryRunner {
  override async hasTable(tableOrName: Table | string): Promise<boolean> {
    const [database, name] = this.splitTablePath(nameOf(tableOrName));
    const schema = `${quoted(database)}"sqlite_master"`;
    const rows: unknown = await this.query(`SELECT 1 FROM ${schema} WHERE "type" = 'table' AND "name" = ?`, [
      name,
    ]);
    return Array.isArray(rows) && rows.length > 0;
  }

  override async hasColumn(tableOrName: Table | string, column: string): Promise<boolean> {
    const columns: unknown = await this.loadPragmaRecords(nameOf(tableOrName), 'table_xinfo');
    return Array.isArray(columns) && columns.some((row: { readonly name: string }) => row.name === column);
  }

  protected override loadPragmaRecords(tablePath: string, pragma: string): Promise<unknown> {
    const [database, name] = this.splitTablePath(tablePath);
    return this.query(`PRAGMA ${quoted(database)}${pragma}("${name}")`);
  }
}

const nameOf = (tableOrName: Table | string): string =>
  typeof tableOrName === 'string' ? tableOrName : tableOrName.name;

const quoted = (database: string | undefined): string => (database === undefined ? '' : `"${database}".`);
