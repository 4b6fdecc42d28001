import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Changes of the state of tokens. */
export class CreateTokenTransitions1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'token_transitions',
        columns: [
          { name: 'token_id', type: 'text', isPrimary: true },
          { name: 'version', type: 'integer', isPrimary: true },
          { name: 'at', type: 'bigint' },
          { name: 'from_state', type: 'text', isNullable: true },
          { name: 'to_state', type: 'text' },
          { name: 'reason', type: 'text', isNullable: true },
          { name: 'until', type: 'bigint', isNullable: true },
          { name: 'by', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('token_transitions');
  }
}
