import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { GroupCommit } from './group-commit.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  /** What was written: by the group in the making, and for good. */
  let open: string[];
  let committed: string[];
  let commits: { readonly durable: boolean; readonly rows: number }[];
  let commitError: Error | undefined;
  let savepoints: number;
  let group: GroupCommit<string[]>;

  beforeEach(() => {
    open = [];
    committed = [];
    commits = [];
    commitError = undefined;
    savepoints = 0;
    group = new GroupCommit<string[]>({
      transaction: async (work, durable) => {
        expect(open).toEqual([]);
        try {
          await work(open);
          await turn();
          if (commitError !== undefined) throw commitError;
          commits.push({ durable, rows: open.length });
          committed.push(...open);
        } finally {
          open = [];
        }
      },
      savepoint: async (work) => {
        const before = open.length;
        savepoints += 1;
        try {
          return await work(open);
        } catch (error) {
          open.length = before;
          throw error;
        }
      },
    });
  });

  const write =
    (row: string) =>
    async (rows: string[]): Promise<string> => {
      rows.push(row);
      await turn();
      return row;
    };

  it('commits what waits at the same time together, first come, first served', async () => {
    const first = group.add(write('1'), true);
    const others = ['2', '3', '4'].map((row) => group.add(write(row), false));
    expect(await Promise.all([first, ...others])).toEqual(['1', '2', '3', '4']);
    expect(committed).toEqual(['1', '2', '3', '4']);
    expect(commits).toEqual([
      { durable: true, rows: 1 },
      { durable: false, rows: 3 },
    ]);
  });

  it('is durable as soon as one member is', async () => {
    const members = [group.add(write('1'), false), group.add(write('2'), false), group.add(write('3'), true)];
    await Promise.all(members);
    expect(commits.map(({ durable }) => durable)).toEqual([false, true]);
  });

  it('tells nobody before the commit', async () => {
    let told = false;
    const member = group.add(write('1'), true).then(() => (told = true));
    await turn();
    expect([open, told]).toEqual([['1'], false]);
    await member;
    expect(committed).toEqual(['1']);
  });

  it('undoes only the part of a member that fails', async () => {
    const failing = async (rows: string[]): Promise<never> => {
      await write('bad')(rows);
      throw new Error('no');
    };
    const results = await Promise.allSettled([
      group.add(write('1'), true),
      group.add(write('2'), true),
      group.add(failing, true),
      group.add(write('3'), true),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual(['1', '2', '3']);
    await expect(group.add(failing, true)).rejects.toThrow('no');
    expect(committed).toEqual(['1', '2', '3']);
  });

  it('has savepoints only where a member failed, and runs the others again then', async () => {
    const runs = new Map<string, number>();
    const counted =
      (row: string, fails: boolean) =>
      async (rows: string[]): Promise<void> => {
        runs.set(row, (runs.get(row) ?? 0) + 1);
        await write(row)(rows);
        if (fails) throw new Error('no');
      };
    const first = ['1', '2', '3'].map((row) => group.add(counted(row, false), true));
    await Promise.all(first);
    expect(savepoints).toBe(0);
    const second = ['4', '5', '6'].map((row) => group.add(counted(row, row === '6'), true));
    const third = Promise.all(['7', '8'].map((row) => group.add(counted(row, false), true)));
    await expect(second[2]).rejects.toThrow('no');
    await Promise.all([second[0], second[1], third]);
    expect(savepoints).toBe(4);
    expect(committed).toEqual(['1', '2', '3', '4', '5', '7', '8']);
    expect(Object.fromEntries(runs)).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 1, 8: 1 });
  });

  it('tells everybody when the commit fails, and goes on with the next group', async () => {
    commitError = new Error('disk full');
    const results = await Promise.allSettled(['1', '2', '3'].map((row) => group.add(write(row), true)));
    expect(results.map((result) => (result.status === 'rejected' ? String(result.reason) : ''))).toEqual(
      Array.from({ length: 3 }, () => 'Error: disk full'),
    );
    commitError = undefined;
    expect(await group.add(write('4'), true)).toBe('4');
    expect(committed).toEqual(['4']);
  });

  it('keeps order and loses nothing, whatever comes when', async () => {
    const step = fc.record({ fails: fc.boolean(), pauses: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
        committed = [];
        commits = [];
        const members: Promise<unknown>[] = [];
        for (const [index, { fails, pauses }] of steps.entries()) {
          const work = async (rows: string[]): Promise<void> => {
            await write(String(index))(rows);
            if (fails) throw new Error('no');
          };
          members.push(group.add(work, true).catch(() => undefined));
          for (let pause = 0; pause < pauses; pause += 1) await turn();
        }
        await Promise.all(members);
        expect(committed).toEqual(steps.flatMap(({ fails }, index) => (fails ? [] : [String(index)])));
        expect(Math.max(0, ...commits.map(({ rows }) => rows))).toBeLessThanOrEqual(64);
      }),
      { numRuns: 50 },
    );
  });
});
