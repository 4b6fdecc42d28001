import {
  Column,
  CreateDateColumn,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  VersionColumn,
  type Relation,
} from 'typeorm';

/** Has generated columns, a unique one and books. */
@Entity()
export class Author {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar', { unique: true })
  name!: string;

  @Column('integer', { default: 0 })
  points!: number;

  @OneToMany(() => Book, (book) => book.author, { cascade: true })
  books!: Relation<Book>[];

  @CreateDateColumn()
  createdAt!: Date;

  @UpdateDateColumn()
  updatedAt!: Date;

  @VersionColumn()
  version!: number;
}

/** Goes with its author. */
@Entity()
export class Book {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('varchar')
  title!: string;

  @ManyToOne(() => Author, (author) => author.books, { onDelete: 'CASCADE', nullable: false })
  author!: Relation<Author>;
}

/** One number to fight over. */
@Entity()
export class Counter {
  @PrimaryColumn('varchar')
  id!: string;

  @Column('integer')
  value!: number;
}

/** One column of each kind. */
@Entity()
export class Sample {
  @PrimaryColumn('integer')
  id!: number;

  @Column('text', { nullable: true })
  text!: string | null;

  @Column('real', { nullable: true })
  real!: number | null;

  @Column('boolean', { nullable: true })
  flag!: boolean | null;

  @Column('datetime', { nullable: true })
  at!: Date | null;

  @Column('blob', { nullable: true })
  bytes!: Buffer | null;

  @Column('simple-json', { nullable: true })
  json!: unknown;

  @Column('bigint', { nullable: true })
  big!: number | null;
}

/** All entities of the suite. */
export const LIBRARY = [Author, Book, Counter, Sample];
