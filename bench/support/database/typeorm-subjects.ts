import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { DataSource, MoreThanOrEqual, type EntityManager } from 'typeorm';

import { Note, Tally } from './note.entity.js';
import { LARGE, POINT, SCAN, TOUCH } from './schema.js';
import type { Subject } from './subject.js';

/** Penstock's driver, through TypeORM's repositories. */
export async function pooled(path: string): Promise<Subject> {
  const source = await new PooledSqliteDataSource({ path, entities: [Note, Tally] }).initialize();
  const pool = new DatabasePool(source);
  return {
    ...reads(source),
    name: 'penstock',
    commits: ['plain', 'durable', 'grouped'],
    statement: async (id) => {
      const runner = source.createQueryRunner('slave');
      try {
        return await (runner.query(POINT, [id]) as Promise<unknown>);
      } finally {
        await runner.release();
      }
    },
    scan: (text) => pool.read((manager) => manager.query(SCAN, [text])),
    count: (commit) =>
      pool.transaction((manager) => countIn(manager), {
        durable: commit !== 'plain',
        grouped: commit === 'grouped',
      }),
  };
}

/** TypeORM's own driver: `better-sqlite3` on one connection. */
export async function typeorm(path: string): Promise<Subject> {
  const source = new DataSource({
    type: 'better-sqlite3',
    database: path,
    enableWAL: true,
    entities: [Note, Tally],
  });
  await source.initialize();
  let level = '';
  const setLevel = async (next: string): Promise<void> => {
    if (level === next) return;
    level = next;
    await source.query(`PRAGMA synchronous = ${next}`);
  };
  return {
    ...reads(source),
    name: 'TypeORM better-sqlite3',
    commits: ['plain', 'durable'],
    statement: (id) => source.query(POINT, [id]),
    scan: (text) => source.query(SCAN, [text]),
    count: async (commit) => {
      await setLevel(commit === 'plain' ? 'NORMAL' : 'FULL');
      await source.transaction(countIn);
    },
  };
}

function reads(source: DataSource): Omit<Subject, 'name' | 'commits' | 'statement' | 'scan' | 'count'> {
  const notes = source.getRepository(Note);
  return {
    point: (id) => notes.findOneByOrFail({ id }),
    rows: (id) => notes.find({ where: { id: MoreThanOrEqual(id) }, order: { id: 'ASC' }, take: LARGE }),
    touch: (id) =>
      source.transaction(async (manager) => {
        await manager.query(TOUCH, [id, id]);
      }),
    tally: async () => (await source.getRepository(Tally).findOneByOrFail({ id: 1 })).value,
    close: () => source.destroy(),
  };
}

async function countIn(manager: EntityManager): Promise<void> {
  const { value } = await manager.findOneByOrFail(Tally, { id: 1 });
  await new Promise(setImmediate);
  await manager.update(Tally, 1, { value: value + 1 });
}
