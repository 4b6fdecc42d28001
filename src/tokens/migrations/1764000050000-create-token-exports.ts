import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who exported tokens, and when. */
export class CreateTokenExports1764000050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'token_exports',
        columns: [
          { name: 'id', type: 'text', isPrimary: true },
          { name: 'at', type: 'bigint' },
          { name: 'key_id', type: 'text' },
          { name: 'key_label', type: 'text' },
          { name: 'secrets', type: 'boolean' },
          { name: 'selection', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('token_exports');
  }
}
