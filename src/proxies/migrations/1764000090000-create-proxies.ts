import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });

/** The pool of proxies. */
export class CreateProxies1764000090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'proxies',
        columns: [
          { ...text('id'), isPrimary: true },
          ...['sealed_url', 'fingerprint'].map(text),
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [new TableIndex({ name: 'proxies_url', columnNames: ['fingerprint'], isUnique: true })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('proxies');
  }
}
