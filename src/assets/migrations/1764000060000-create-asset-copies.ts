import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const integer = (name: string) => ({ name, type: 'integer' });
const bigint = (name: string) => ({ name, type: 'bigint' });
const primary = <T extends object>(column: T) => ({ ...column, isPrimary: true });
const nullable = <T extends object>(column: T) => ({ ...column, isNullable: true });

const COPIES = new Table({
  name: 'asset_copies',
  columns: [
    primary(text('generation_id')),
    primary(integer('position')),
    ...['status', 'content_type'].map(text),
    integer('attempts'),
    ...['pause_ms', 'next_attempt_at', 'created_at'].map(bigint),
    ...['sink', 'content_key', 'sha256', 'last_error'].map(text).map(nullable),
    ...['bytes', 'stored_at'].map(bigint).map(nullable),
  ],
  indices: [
    new TableIndex({ name: 'asset_copies_by_due', columnNames: ['status', 'next_attempt_at'] }),
    new TableIndex({ name: 'asset_copies_by_age', columnNames: ['status', 'stored_at'] }),
    new TableIndex({ name: 'asset_copies_by_content', columnNames: ['sink', 'content_key'] }),
  ],
});

/** The copies of generations' files. */
export class CreateAssetCopies1764000060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(COPIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(COPIES.name);
  }
}
