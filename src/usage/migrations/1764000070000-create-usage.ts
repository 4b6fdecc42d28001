import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text', isPrimary: true });
const bigint = (name: string) => ({ name, type: 'bigint' });

/** What API keys used, by day. */
export class CreateUsage1764000070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'usage',
        columns: [
          ...['day', 'key_id', 'token_id', 'model', 'kind', 'outcome'].map(text),
          ...['generations', 'unsent', 'media_ms', 'work_ms'].map(bigint),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('usage');
  }
}
