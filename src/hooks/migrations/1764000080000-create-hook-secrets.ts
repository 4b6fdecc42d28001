import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What upstreams sign their callbacks with. */
export class CreateHookSecrets1764000080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'hook_secrets',
        columns: [
          { name: 'provider', type: 'text', isPrimary: true },
          { name: 'sealed_secrets', type: 'text' },
          { name: 'updated_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('hook_secrets');
  }
}
