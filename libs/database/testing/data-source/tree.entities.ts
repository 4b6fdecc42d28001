import {
  Column,
  Entity,
  PrimaryGeneratedColumn,
  Tree,
  TreeChildren,
  TreeParent,
  type Relation,
} from 'typeorm';

@Entity()
@Tree('closure-table')
class Folder {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  name!: string;

  @TreeChildren({ cascade: true })
  children!: Relation<Folder>[];

  @TreeParent({ onDelete: 'CASCADE' })
  parent!: Relation<Folder> | null;
}

@Entity()
@Tree('materialized-path')
class Topic {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  name!: string;

  @TreeChildren({ cascade: true })
  children!: Relation<Topic>[];

  @TreeParent()
  parent!: Relation<Topic> | null;
}

@Entity()
@Tree('nested-set')
class Region {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  name!: string;

  @TreeChildren({ cascade: true })
  children!: Relation<Region>[];

  @TreeParent()
  parent!: Relation<Region> | null;
}

export const TREES = [Folder, Topic, Region];
