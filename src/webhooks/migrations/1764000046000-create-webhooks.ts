import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const integer = (name: string) => ({ name, type: 'integer' });
const bigint = (name: string) => ({ name, type: 'bigint' });
const primary = <T extends object>(column: T) => ({ ...column, isPrimary: true });
const nullable = <T extends object>(column: T) => ({ ...column, isNullable: true });

const ENDPOINTS = new Table({
  name: 'webhook_endpoints',
  columns: [
    primary(text('key_id')),
    text('sealed_secret'),
    ...['url', 'sealed_previous_secret'].map(text).map(nullable),
    ...['previous_until', 'disabled_at'].map(bigint).map(nullable),
    bigint('created_at'),
  ],
});

const DELIVERIES = new Table({
  name: 'webhook_deliveries',
  columns: [
    primary(text('id')),
    ...['generation_id', 'key_id', 'type', 'body', 'status'].map(text),
    ...['revision', 'attempts', 'failures'].map(integer),
    ...['waited_ms', 'pause_ms', 'next_attempt_at', 'created_at'].map(bigint),
    ...[text('url'), text('last_error'), bigint('ended_at')].map(nullable),
  ],
  indices: [
    new TableIndex({
      name: 'webhook_deliveries_by_generation',
      columnNames: ['generation_id', 'status', 'revision'],
    }),
    new TableIndex({ name: 'webhook_deliveries_by_status', columnNames: ['status', 'created_at', 'id'] }),
    new TableIndex({ name: 'webhook_deliveries_by_age', columnNames: ['created_at', 'id'] }),
  ],
});

const ATTEMPTS = new Table({
  name: 'webhook_attempts',
  columns: [
    primary(text('delivery_id')),
    primary(integer('number')),
    bigint('at'),
    integer('duration_ms'),
    text('url'),
    ...[integer('http_status'), text('error'), text('answer')].map(nullable),
  ],
});

/** Where webhooks go, and what goes there. */
export class CreateWebhooks1764000046000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of [ENDPOINTS, DELIVERIES, ATTEMPTS]) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of [ATTEMPTS, DELIVERIES, ENDPOINTS]) await runner.dropTable(name);
  }
}
