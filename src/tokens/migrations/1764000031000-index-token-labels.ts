import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Finds the tokens of an account by its label. */
export class IndexTokenLabels1764000031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex(
      'tokens',
      new TableIndex({ name: 'tokens_by_label', columnNames: ['label', 'provider'] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('tokens', 'tokens_by_label');
  }
}
