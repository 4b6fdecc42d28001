import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  new TableColumn({ name: 'requests_per_minute', type: 'integer', isNullable: true }),
  new TableColumn({ name: 'disabled_at', type: 'bigint', isNullable: true }),
];

/** How often a token may be used, and when it was turned off. */
export class AddTokenRates1764000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('tokens', COLUMNS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('tokens', COLUMNS);
  }
}
