import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** How much each API key may ask for. */
export class AddKeyLimits1764000071000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('api_keys', new TableColumn({ name: 'limits', type: 'text', isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_keys', 'limits');
  }
}
