import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const nullable = (name: string) => ({ ...text(name), isNullable: true });

/** The log of requests. */
export class CreateRequestLog1764000035000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'request_log',
        columns: [
          { ...text('id'), isPrimary: true },
          { name: 'at', type: 'bigint' },
          ...['kind', 'operation', 'status'].map(text),
          { name: 'failed', type: 'boolean' },
          ...['request_id', 'key_id', 'token_id', 'generation_id', 'error_code'].map(nullable),
          { name: 'duration_ms', type: 'bigint' },
        ],
      }),
    );
    await runner.createIndices('request_log', [
      new TableIndex({ name: 'request_log_by_generation', columnNames: ['generation_id'] }),
      new TableIndex({ name: 'request_log_by_token', columnNames: ['token_id', 'id'] }),
      new TableIndex({ name: 'request_log_by_key', columnNames: ['key_id', 'id'] }),
      new TableIndex({ name: 'request_log_by_request', columnNames: ['request_id'] }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('request_log');
  }
}
