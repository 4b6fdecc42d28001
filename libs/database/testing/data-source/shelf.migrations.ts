import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** A table, and one that refers to it. */
export class CreateShelf1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'shelf', columns: [{ name: 'id', type: 'integer', isPrimary: true }] }),
    );
    await runner.createTable(
      new Table({
        name: 'place',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'shelfId', type: 'integer' },
        ],
        foreignKeys: [
          {
            columnNames: ['shelfId'],
            referencedTableName: 'shelf',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('place');
    await runner.dropTable('shelf');
  }
}

/** Recreates the first table on its way down. */
export class WidenShelf1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('shelf', new TableColumn({ name: 'label', type: 'varchar', isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('shelf', 'label');
  }
}

/** Fails half way. */
export class Broken1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id integer)');
    throw new Error('broken');
  }

  async down(): Promise<void> {
    // Never ran.
  }
}

/** Changes rows, with the manager of the migration. */
export class FillShelf1700000000004 implements MigrationInterface {
  async up({ manager }: QueryRunner): Promise<void> {
    await manager
      .createQueryBuilder()
      .insert()
      .into('shelf')
      .values([{ id: 1 }, { id: 2 }])
      .execute();
  }

  async down({ manager }: QueryRunner): Promise<void> {
    await manager.createQueryBuilder().delete().from('shelf').execute();
  }
}
