import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Which rows, by values of their columns: one, or any of a list. */
export type RowsWhere<Row> = {
  readonly [Name in keyof Row]?: NonNullable<Row[Name]> | readonly NonNullable<Row[Name]>[];
};

/** A change of rows. */
export interface RowsUpdate<Row> {
  /** What is not given, or `undefined`, stays as it is. At least one column. */
  readonly set: Partial<Row>;
  /** A column of integers that rises by one. @defaultValue none */
  readonly raise?: keyof Row & string;
  /** At least one column. */
  readonly where: RowsWhere<Row>;
}

/**
 * Inserts whole rows by one statement whose text depends on nothing but their number: for where inserts are so many that
 * building a query and reading back what is known cost more than the insert. Subscribers of the entity are not told.
 *
 * @param rows - whole: a column without a value is NULL, whatever its default; 1 to as many as the database takes
 *   parameters for
 * @throws QueryFailedError; RangeError outside of a transaction
 */
export async function insertRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  rows: readonly Row[],
): Promise<void> {
  const statement = new StatementText(manager, entity);
  const { columns } = statement.metadata;
  const tuples = rows.map(
    (row) => `(${columns.map((column) => statement.bind(column, column.getEntityValue(row))).join(', ')})`,
  );
  const names = columns.map(({ databaseName }) => statement.escape(databaseName)).join(', ');
  await statement.insert(`INSERT INTO ${statement.table} (${names}) VALUES ${tuples.join(', ')}`);
}

/**
 * Changes rows by one statement, as {@link insertRows} inserts them.
 *
 * @returns how many there were
 * @throws QueryFailedError; RangeError for a column that there is not, or outside of a transaction
 */
export async function updateRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  { set, raise, where }: RowsUpdate<Row>,
): Promise<number> {
  const statement = new StatementText(manager, entity);
  const changes = Object.entries(set).flatMap(([property, value]) => {
    if (value === undefined) return [];
    const column = statement.column(property);
    return [`${statement.escape(column.databaseName)} = ${statement.bind(column, value)}`];
  });
  if (raise !== undefined) {
    const name = statement.escape(statement.column(raise).databaseName);
    changes.push(`${name} = ${name} + 1`);
  }
  const conditions = Object.entries(where).map(([property, value]) => {
    const column = statement.column(property);
    const any = (Array.isArray(value) ? value : [value]) as readonly unknown[];
    if (any.length === 0) return '1 = 0';
    const bound = any.map((one) => statement.bind(column, one)).join(', ');
    return `${statement.escape(column.databaseName)} IN (${bound})`;
  });
  const sql = `UPDATE ${statement.table} SET ${changes.join(', ')} WHERE ${conditions.join(' AND ')}`;
  return statement.update(sql);
}

/** A statement in the making, with the parameters that its text has so far. */
class StatementText {
  readonly metadata: EntityMetadata;
  readonly #parameters: unknown[] = [];

  constructor(
    private readonly manager: EntityManager,
    entity: EntityTarget<ObjectLiteral>,
  ) {
    this.metadata = manager.dataSource.getMetadata(entity);
  }

  get table(): string {
    return this.metadata.tablePath
      .split('.')
      .map((part) => this.escape(part))
      .join('.');
  }

  escape(name: string): string {
    return this.manager.dataSource.driver.escape(name);
  }

  column(property: string): ColumnMetadata {
    const column = this.metadata.findColumnWithPropertyName(property);
    if (column === undefined) throw new RangeError(`${this.metadata.name} has no column ${property}.`);
    return column;
  }

  /** Adds a parameter. @returns its place in the text */
  bind(column: ColumnMetadata, value: unknown): string {
    const { driver } = this.manager.dataSource;
    const index = this.#parameters.push(driver.preparePersistentValue(value ?? null, column)) - 1;
    return driver.createParameter(column.databaseName, index);
  }

  /** Runs it as raw SQL: an insert of TypeORM's builder would be given RETURNING. */
  async insert(sql: string): Promise<void> {
    await this.#runner.query(sql, this.#parameters);
  }

  /** @returns how many rows it changed */
  async update(sql: string): Promise<number> {
    const { affected } = await this.#runner.query(sql, this.#parameters, true);
    return affected ?? 0;
  }

  get #runner(): QueryRunner {
    const { queryRunner } = this.manager;
    if (queryRunner !== undefined) return queryRunner;
    throw new RangeError('The manager has no connection: pass that of a transaction.');
  }
}
