import {
  Column,
  DeleteDateColumn,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryGeneratedColumn,
  VersionColumn,
  type Relation,
} from 'typeorm';

/** Has relations of every kind. Removing one softly keeps the row. */
@Entity()
export class Member {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  name!: string;

  @OneToOne(() => Passport, (passport) => passport.member, { cascade: true, onDelete: 'SET NULL' })
  @JoinColumn()
  passport!: Relation<Passport> | null;

  @ManyToMany(() => Club, (club) => club.members, { cascade: ['insert'] })
  @JoinTable()
  clubs!: Relation<Club>[];

  @OneToMany(() => Visit, (visit) => visit.member, { cascade: true })
  visits!: Relation<Visit>[];

  /** Lazy: loaded when it is awaited. */
  @ManyToOne(() => Member, (member) => member.invited)
  invitedBy!: Promise<Member | null>;

  @OneToMany(() => Member, (member) => member.invitedBy)
  invited!: Promise<Member[]>;

  @DeleteDateColumn()
  leftAt!: Date | null;

  @VersionColumn()
  version!: number;
}

@Entity()
export class Passport {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar', { unique: true })
  number!: string;

  @OneToOne(() => Member, (member) => member.passport)
  member!: Relation<Member> | null;
}

@Entity()
export class Club {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  name!: string;

  @ManyToMany(() => Member, (member) => member.clubs)
  members!: Relation<Member>[];
}

/** Is deleted when its member lets go of it; its club always comes with it. */
@Entity()
export class Visit {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('integer')
  day!: number;

  @ManyToOne(() => Member, (member) => member.visits, { onDelete: 'CASCADE', orphanedRowAction: 'delete' })
  member!: Relation<Member>;

  @ManyToOne(() => Club, { eager: true, onDelete: 'RESTRICT' })
  club!: Relation<Club> | null;
}

export const CLUB = [Member, Passport, Club, Visit];
