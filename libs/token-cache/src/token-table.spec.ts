import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { aToken } from '../testing/index.js';
import type { PooledToken } from './pooled-token.js';
import { TokenTable } from './token-table.js';

const versions = (tokens: Iterable<PooledToken>): Record<string, number> =>
  Object.fromEntries([...tokens].map(({ id, version }) => [id, version]));

/** What a load does with its rows, without breaks. Whether it changed anything. */
const endLoad = (table: TokenTable, rows: readonly PooledToken[]): boolean => {
  const taken = rows.filter((row) => table.takeOver(row));
  const loaded = new Set(rows.map(({ id }) => id));
  const gone = [...table.index.tokens.keys()].filter((id) => !loaded.has(id));
  const dropped = gone.filter((id) => table.dropUnseen(id));
  table.endLoad();
  return taken.length + dropped.length > 0;
};

const step = fc.record({
  do: fc.constantFrom('write', 'delete', 'load', 'query', 'answer'),
  of: fc.constantFrom('a', 'b', 'c'),
});

/** Rows whose every change is told to the table at once, with loads that read at any time and answer later. */
class Database {
  readonly table = new TokenTable();
  readonly rows = new Map<string, PooledToken>();
  #version = 0;
  #loading = false;
  #read: readonly PooledToken[] | undefined;

  write(id: string): void {
    const written = aToken({ id, version: ++this.#version });
    this.rows.set(id, written);
    this.table.put(written);
  }

  delete(id: string): void {
    this.rows.delete(id);
    this.table.remove(id);
  }

  load(): void {
    if (!this.#loading) this.table.beginLoad();
    this.#loading = true;
  }

  query(): void {
    if (this.#loading) this.#read ??= [...this.rows.values()];
  }

  answer(): void {
    if (this.#read === undefined) return;
    expect(endLoad(this.table, this.#read)).toBe(false);
    this.#loading = false;
    this.#read = undefined;
  }
}

describe('TokenTable', () => {
  let table: TokenTable;
  const present = (): Record<string, number> => versions(table.index.tokens.values());
  const row = (id: string, version: number): PooledToken => aToken({ id, version });
  const load = (...rows: PooledToken[]): boolean => {
    table.beginLoad();
    return endLoad(table, rows);
  };
  beforeEach(() => {
    table = new TokenTable();
  });

  it('takes over what a load found, and says whether that changed anything', () => {
    expect(load(row('a', 1), row('b', 1))).toBe(true);
    expect(load(row('a', 1), row('b', 1))).toBe(false);
    expect(load(row('a', 2))).toBe(true);
    expect(present()).toEqual({ a: 2 });
  });

  it('keeps the object of a row that did not change', () => {
    const first = row('a', 1);
    load(first);
    load(row('a', 1));
    expect(table.index.tokens.get('a')).toBe(first);
  });

  it('ignores a put that is older than the present entry', () => {
    table.put(row('a', 3));
    expect(table.put(row('a', 2))).toBe(false);
    expect(present()).toEqual({ a: 3 });
  });

  it('keeps a put that is newer than the row of a load under way', () => {
    table.beginLoad();
    table.put(row('a', 2));
    expect(endLoad(table, [row('a', 1)])).toBe(false);
    expect(present()).toEqual({ a: 2 });
  });

  it('takes the row of a load when it is newer than a put meanwhile', () => {
    table.beginLoad();
    table.put(row('a', 2));
    endLoad(table, [row('a', 3)]);
    expect(present()).toEqual({ a: 3 });
  });

  it('keeps a new entry that the load under way could not see', () => {
    table.beginLoad();
    table.put(row('new', 1));
    endLoad(table, []);
    expect(present()).toEqual({ new: 1 });
  });

  it('keeps a removed entry away from the rows of the load under way, whatever their version', () => {
    load(row('a', 1));
    table.beginLoad();
    table.remove('a');
    endLoad(table, [row('a', 2)]);
    expect(present()).toEqual({});
  });

  it('keeps an entry away that was removed before it was ever seen', () => {
    table.beginLoad();
    expect(table.remove('a')).toBe(false);
    endLoad(table, [row('a', 1)]);
    expect(present()).toEqual({});
  });

  it('trusts a load that began after a change, also when its version is lower (a restored backup)', () => {
    table.put(row('a', 9));
    table.put(row('b', 9));
    load(row('a', 4));
    expect(present()).toEqual({ a: 4 });
  });

  it('ignores a late put of a removed version, and takes a newer one', () => {
    load(row('a', 5));
    table.remove('a');
    expect(table.put(row('a', 5))).toBe(false);
    expect(table.put(row('a', 6))).toBe(true);
  });

  it('ignores a late put of a version that was removed during a load, until a later load', () => {
    load(row('a', 5));
    table.beginLoad();
    table.remove('a');
    endLoad(table, [row('a', 5)]);
    expect(table.put(row('a', 5))).toBe(false);
    load();
    expect(table.put(row('a', 1))).toBe(true);
  });

  it('remembers the removed version when the removal is repeated', () => {
    load(row('a', 5));
    expect([table.remove('a'), table.remove('a')]).toEqual([true, true]);
    expect(table.put(row('a', 5))).toBe(false);
  });

  it('does not take the changes of a failed load’s time for later than the next load', () => {
    table.beginLoad();
    table.put(row('a', 9));
    load(row('a', 4));
    expect(present()).toEqual({ a: 4 });
  });

  it('equals the rows at every moment when every commit is followed by its put or remove', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const database = new Database();
        for (const next of steps) {
          database[next.do](next.of);
          expect(versions(database.table.index.tokens.values())).toEqual(versions(database.rows.values()));
        }
      }),
      { numRuns: 500 },
    );
  });
});
