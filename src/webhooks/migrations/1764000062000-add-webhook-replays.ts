import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** How often each delivery was replayed. */
export class AddWebhookReplays1764000062000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'webhook_deliveries',
      new TableColumn({ name: 'replays', type: 'integer', default: 0 }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('webhook_deliveries', 'replays');
  }
}
