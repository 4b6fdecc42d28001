import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const optional = (name: string, type = 'text') => ({ name, type, isNullable: true });
const integer = (name: string) => ({ name, type: 'integer' });

/** The tables of batches and of their items. */
export class CreateBatches1764000030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'batches',
        columns: [
          { ...text('id'), isPrimary: true },
          ...['operation', 'input', 'limits', 'state'].map(text),
          ...['ending', 'reason'].map((name) => optional(name)),
          text('created_by'),
          { name: 'created_at', type: 'bigint' },
          ...['started_at', 'ended_at'].map((name) => optional(name, 'bigint')),
          ...['revision', 'total'].map(integer),
        ],
      }),
    );
    await runner.createIndices('batches', [
      new TableIndex({ name: 'batches_by_age', columnNames: ['created_at', 'id'] }),
      new TableIndex({ name: 'batches_by_state', columnNames: ['state'] }),
    ]);
    await runner.createTable(
      new Table({
        name: 'batch_items',
        columns: [
          { ...text('batch_id'), isPrimary: true },
          { ...integer('ordinal'), isPrimary: true },
          optional('lock_key'),
          text('label'),
          optional('payload'),
          text('state'),
          integer('attempts'),
          ...['result', 'reason'].map((name) => optional(name)),
          text('changes'),
          optional('subject'),
          optional('started_at', 'bigint'),
          ...['duration_ms', 'sequence'].map((name) => optional(name, 'integer')),
        ],
      }),
    );
    await runner.createIndices('batch_items', [
      new TableIndex({ name: 'batch_items_by_state', columnNames: ['batch_id', 'state', 'ordinal'] }),
      new TableIndex({ name: 'batch_items_by_sequence', columnNames: ['batch_id', 'sequence'] }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('batch_items');
    await runner.dropTable('batches');
  }
}
