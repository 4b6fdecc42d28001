import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The table of API keys. */
export class CreateApiKeys1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const text = (name: string) => ({ name, type: 'text' });
    await runner.createTable(
      new Table({
        name: 'api_keys',
        columns: [
          { ...text('id'), isPrimary: true },
          ...['label', 'hash', 'prefix', 'scopes'].map(text),
          { name: 'created_at', type: 'bigint' },
          { name: 'last_used_at', type: 'bigint', isNullable: true },
        ],
      }),
    );
    await runner.createIndices('api_keys', [
      new TableIndex({ name: 'api_keys_hash', columnNames: ['hash'], isUnique: true }),
      new TableIndex({ name: 'api_keys_by_age', columnNames: ['created_at', 'id'] }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('api_keys');
  }
}
