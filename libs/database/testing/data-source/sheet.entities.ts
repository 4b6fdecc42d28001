import {
  Check,
  Column,
  DataSource,
  Entity,
  Index,
  ManyToOne,
  PrimaryColumn,
  ViewColumn,
  ViewEntity,
  type Relation,
} from 'typeorm';

/** A column of each type that TypeORM knows for SQLite, apart from those of `Sample`. */
@Entity()
export class Sheet {
  @PrimaryColumn('integer')
  id!: number;

  @Column('json', { nullable: true })
  json!: unknown;

  @Column('jsonb', { nullable: true })
  jsonb!: unknown;

  @Column('simple-array', { nullable: true })
  list!: string[] | null;

  @Column('simple-enum', { enum: ['red', 'green'], default: 'red' })
  colour!: 'red' | 'green';

  @Column('date', { nullable: true })
  day!: string | null;

  @Column('time', { nullable: true })
  time!: string | null;

  @Column('decimal', { precision: 10, scale: 2, nullable: true })
  price!: number | null;

  @Column('double', { nullable: true })
  ratio!: number | null;

  @Column({ type: 'varchar', length: 3, nullable: true, collation: 'NOCASE' })
  code!: string | null;

  @Column('text', {
    nullable: true,
    transformer: {
      to: (value: URL | null) => value?.href ?? null,
      from: (value: string | null) => (value === null ? null : new URL(value)),
    },
  })
  link!: URL | null;

  @Column('integer', { default: 7 })
  withDefault!: number;

  @Column('integer', { default: () => '40 + 2' })
  computedDefault!: number;

  @Column('integer', { select: false, nullable: true })
  hidden!: number | null;
}

/** Has constraints of each kind, and generated columns. */
@Entity()
@Check('"value" >= 0')
@Index(['value'], { where: '"value" > 10' })
export class Cell {
  @PrimaryColumn('integer')
  row!: number;

  @PrimaryColumn('integer')
  column!: number;

  @Column('integer', { nullable: false })
  value!: number;

  @Column({
    type: 'integer',
    generatedType: 'VIRTUAL',
    asExpression: '"value" * 2',
    insert: false,
    update: false,
    nullable: true,
  })
  double!: number;

  @Column({
    type: 'text',
    generatedType: 'STORED',
    asExpression: `"row" || ':' || "column"`,
    insert: false,
    update: false,
    nullable: true,
  })
  place!: string;

  @ManyToOne(() => Sheet, { nullable: true })
  sheet!: Relation<Sheet> | null;
}

@ViewEntity({
  expression: (source: DataSource) =>
    source
      .createQueryBuilder()
      .select('cell.row', 'row')
      .addSelect('SUM(cell.value)', 'total')
      .from(Cell, 'cell')
      .groupBy('cell.row'),
})
export class RowTotal {
  @ViewColumn()
  row!: number;

  @ViewColumn()
  total!: number;
}

export const SHEETS = [Sheet, Cell, RowTotal];
