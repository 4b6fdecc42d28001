import type { PooledToken, TokenSource } from 'penstock/token-cache';
import { beforeEach, describe, expect, it } from 'vitest';

/** A source with the ways to change what it holds, each resolving once the change is committed. */
export interface TokenSourceHarness {
  readonly source: TokenSource;
  /** Adds a token and returns its id. */
  create(enabled: boolean): Promise<string>;
  /** Changes a token in any way that changes its row. */
  change(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

/** What every {@link TokenSource} keeps to. `make` gives one without tokens. */
export function describeTokenSource(
  name: string,
  make: () => TokenSourceHarness | Promise<TokenSourceHarness>,
): void {
  describe(`${name} as a TokenSource`, () => {
    let harness: TokenSourceHarness;
    beforeEach(async () => {
      harness = await make();
    });
    const load = async (): Promise<readonly PooledToken[]> => {
      const rows: PooledToken[] = [];
      for await (const page of harness.source.loadAll()) rows.push(...page);
      return rows;
    };
    const versions = async (): Promise<Map<string, number>> => {
      const rows = await load();
      return new Map(rows.map((row) => [row.id, row.version]));
    };

    it('has nothing to begin with', async () => {
      expect(await load()).toEqual([]);
    });

    it('gives every token once, disabled ones too', async () => {
      const enabled = await harness.create(true);
      const disabled = await harness.create(false);
      const rows = await load();
      expect(rows.map((row) => [row.id, row.enabled]).sort()).toEqual(
        [
          [enabled, true],
          [disabled, false],
        ].sort(),
      );
    });

    it('raises the version of what was changed, and of nothing else', async () => {
      const changed = await harness.create(true);
      const other = await harness.create(true);
      const before = await versions();
      await harness.change(changed);
      const after = await versions();
      expect(after.get(changed)).toBeGreaterThan(before.get(changed) ?? Infinity);
      expect(after.get(other)).toBe(before.get(other));
    });

    it('leaves out what was deleted', async () => {
      const deleted = await harness.create(true);
      const kept = await harness.create(true);
      await harness.delete(deleted);
      expect([...(await versions()).keys()]).toEqual([kept]);
    });

    it('does not touch rows that it gave away', async () => {
      const id = await harness.create(true);
      const rows = await load();
      const copy = structuredClone(rows);
      await harness.change(id);
      await harness.delete(id);
      expect(rows).toEqual(copy);
    });
  });
}
