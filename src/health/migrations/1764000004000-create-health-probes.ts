import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The table that readiness checks write to. */
export class CreateHealthProbes1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'health_probes',
        columns: [
          { name: 'id', type: 'text', isPrimary: true },
          { name: 'written_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('health_probes');
  }
}
