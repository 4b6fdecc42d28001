import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

const count = (name: string): TableColumn => new TableColumn({ name, type: 'integer', default: 0 });
const time = (name: string): TableColumn => new TableColumn({ name, type: 'bigint', isNullable: true });

const COLUMNS = [
  count('errors'),
  new TableColumn({ name: 'last_error', type: 'text', isNullable: true }),
  time('last_error_at'),
  time('counted_day'),
  count('day_submitted'),
  count('day_completed'),
  count('day_failed'),
  count('day_errors'),
  new TableColumn({ name: 'ramp_limit', type: 'integer', isNullable: true }),
];

/** What a token did today, the errors it had, and how far it is trusted again after them. */
export class AddTokenDays1764000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('tokens', COLUMNS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('tokens', COLUMNS);
  }
}
