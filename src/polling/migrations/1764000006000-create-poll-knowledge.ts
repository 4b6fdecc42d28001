import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The table of what polling strategies have learned. */
export class CreatePollKnowledge1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'poll_knowledge',
        columns: [
          { name: 'strategy', type: 'text', isPrimary: true },
          { name: 'key', type: 'text', isPrimary: true },
          { name: 'state', type: 'text' },
          { name: 'updated_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('poll_knowledge');
  }
}
