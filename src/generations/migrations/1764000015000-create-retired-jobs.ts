import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Jobs whose generations are deleted. */
export class CreateRetiredJobs1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'retired_jobs',
        columns: [
          { name: 'upstream_scope', type: 'text', isPrimary: true },
          { name: 'upstream_id', type: 'text', isPrimary: true },
          { name: 'retired_at', type: 'bigint' },
        ],
        indices: [{ name: 'retired_jobs_by_age', columnNames: ['retired_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('retired_jobs');
  }
}
