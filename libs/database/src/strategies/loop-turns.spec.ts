import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LARGE, LoopTurns } from './loop-turns.js';
import { Sqlite3Engine } from './sqlite3-engine.js';

describe('LoopTurns', () => {
  let turn: number;
  let counting: NodeJS.Immediate;

  beforeEach(() => {
    turn = 0;
    const count = (): void => {
      turn += 1;
      counting = setImmediate(count);
    };
    count();
  });
  afterEach(() => {
    clearImmediate(counting);
  });

  it('lets each in a turn of its own, first come first', async () => {
    const turns = new LoopTurns();
    const seen: [string, number][] = [];
    const take = async (name: string): Promise<void> => {
      await turns.take();
      seen.push([name, turn]);
    };
    await Promise.all(['a', 'b', 'c'].map(take));
    expect(seen.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(new Set(seen.map(([, at]) => at)).size).toBe(3);
  });

  it('keeps the large results of several connections apart', async () => {
    const engine = new Sqlite3Engine(10);
    const connections = await Promise.all([1, 2, 3].map(() => engine.open(':memory:', 'read-write')));
    const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n`;
    const turnsOf = (rows: number): Promise<number[]> =>
      Promise.all(
        connections.map(async (connection) => {
          expect(await connection.all(series, [rows])).toHaveLength(rows);
          return turn;
        }),
      );
    for (let round = 0; round < 20; round += 1) expect(new Set(await turnsOf(LARGE)).size).toBe(3);
    await Promise.all(connections.map((connection) => connection.close()));
  });
});
