import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** How urgent a generation is; those that are there are as urgent as all were. */
export class AddGenerationPriority1764000120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'generations',
      new TableColumn({ name: 'priority', type: 'text', default: "'normal'" }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('generations', 'priority');
  }
}
