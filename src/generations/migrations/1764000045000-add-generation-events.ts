import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  new TableColumn({ name: 'serial', type: 'bigint', default: 0 }),
  new TableColumn({ name: 'webhook_url', type: 'text', isNullable: true }),
  new TableColumn({ name: 'event_format', type: 'text', default: "'native'" }),
];
const INDICES = [
  new TableIndex({ name: 'generations_by_serial', columnNames: ['serial'] }),
  new TableIndex({ name: 'generations_by_owner_serial', columnNames: ['owner_id', 'serial'] }),
];

/** The order of all changes, and where and how the owner of a generation is told of it. */
export class AddGenerationEvents1764000045000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('generations', COLUMNS);
    await runner.createIndices('generations', INDICES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndices('generations', INDICES);
    await runner.dropColumns('generations', COLUMNS);
  }
}
