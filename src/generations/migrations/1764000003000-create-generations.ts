import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const integer = (name: string) => ({ name, type: 'integer' });
const bigint = (name: string) => ({ name, type: 'bigint' });
const nullable = <T extends object>(column: T) => ({ ...column, isNullable: true });

/** The table of generations. */
export class CreateGenerations1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'generations',
        columns: [
          { ...text('id'), isPrimary: true },
          ...['kind', 'model', 'status', 'input', 'assets', 'metadata', 'owner_id', 'request_hash'].map(text),
          ...[
            'requested_provider',
            'provider',
            'error_code',
            'error_message',
            'idempotency_key',
            'remix_of',
            'token_id',
          ]
            .map(text)
            .map(nullable),
          ...['attempt_id', 'upstream_scope', 'upstream_id'].map(text).map(nullable),
          ...['progress', 'attempts', 'polls', 'revision'].map(integer),
          { name: 'cancel_requested', type: 'boolean' },
          bigint('created_at'),
          ...['attempted_at', 'started_at', 'completed_at'].map(bigint).map(nullable),
        ],
      }),
    );
    await runner.createIndices('generations', [
      new TableIndex({ name: 'generations_by_owner', columnNames: ['owner_id', 'created_at', 'id'] }),
      new TableIndex({ name: 'generations_by_age', columnNames: ['created_at', 'id'] }),
      new TableIndex({ name: 'generations_by_status', columnNames: ['status'] }),
      new TableIndex({ name: 'generations_by_token', columnNames: ['token_id', 'status'] }),
      new TableIndex({
        name: 'generations_idempotency',
        columnNames: ['owner_id', 'idempotency_key'],
        isUnique: true,
      }),
      new TableIndex({
        name: 'generations_upstream',
        columnNames: ['upstream_scope', 'upstream_id'],
        isUnique: true,
      }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('generations');
  }
}
