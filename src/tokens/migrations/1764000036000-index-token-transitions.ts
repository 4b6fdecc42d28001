import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const INDEX = 'token_transitions_by_age';

/** Finds the oldest changes of the state of tokens, which are deleted in time. */
export class IndexTokenTransitions1764000036000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex('token_transitions', new TableIndex({ name: INDEX, columnNames: ['at'] }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('token_transitions', INDEX);
  }
}
