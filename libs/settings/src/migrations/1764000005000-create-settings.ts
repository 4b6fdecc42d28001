import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const column = (type: string) => (name: string) => ({ name, type });
const text = column('text');
const integer = column('integer');
const bigint = column('bigint');
const primary = <T extends object>(of: T) => ({ ...of, isPrimary: true });

/** The tables of settings and of their changes. */
export class CreateSettings1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'settings',
        columns: [
          primary(text('section')),
          ...['overrides', 'updated_by'].map(text),
          integer('version'),
          bigint('updated_at'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'settings_changes',
        columns: [
          primary(text('section')),
          primary(integer('version')),
          ...['overrides_before', 'overrides_after', 'changed_by'].map(text),
          bigint('changed_at'),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('settings_changes');
    await runner.dropTable('settings');
  }
}
