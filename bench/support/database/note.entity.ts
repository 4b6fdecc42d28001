import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row as rows are: a few texts and numbers, and a date. */
@Entity()
export class Note {
  @PrimaryColumn('integer')
  id!: number;

  @Column('varchar')
  title!: string;

  @Column('text')
  body!: string;

  @Column('real')
  score!: number;

  @Column('boolean')
  done!: boolean;

  @Column('datetime')
  createdAt!: Date;
}

/** What transactions count in: each reads it and writes one more. */
@Entity()
export class Tally {
  @PrimaryColumn('integer')
  id!: number;

  @Column('integer')
  value!: number;
}
