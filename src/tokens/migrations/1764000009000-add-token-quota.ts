import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  { name: 'quota_remaining', type: 'double precision' },
  { name: 'quota_resets_at', type: 'bigint' },
  { name: 'quota_read_at', type: 'bigint' },
];

/** What the upstream said last of the quota of a token. */
export class AddTokenQuota1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns(
      'tokens',
      COLUMNS.map((column) => new TableColumn({ ...column, isNullable: true })),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns(
      'tokens',
      COLUMNS.map(({ name }) => name),
    );
  }
}
