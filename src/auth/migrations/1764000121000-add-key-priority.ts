import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** How urgent a key's generations are, and may be. */
export class AddKeyPriority1764000121000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('api_keys', new TableColumn({ name: 'priority', type: 'text', isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_keys', 'priority');
  }
}
