import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The trace that a generation belongs to, so that it goes on after a restart. */
export class AddGenerationTrace1764000110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'generations',
      new TableColumn({ name: 'traceparent', type: 'text', isNullable: true }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('generations', 'traceparent');
  }
}
