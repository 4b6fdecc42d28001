import type { PlannedItem } from 'penstock/batch';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SecretBox } from '../../secrets/index.js';
import { TokenSecrets } from '../../tokens/index.js';
import { rowsOf } from './raw-row.js';
import { RowPlanner, type RowOptions } from './row-planner.js';

const box = new SecretBox([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
const planner = new RowPlanner(box, new TokenSecrets(box));
const OPTIONS: RowOptions = { onDuplicate: 'skip', matchLabels: true, defaults: { provider: 'acme' } };

async function plan(
  values: readonly unknown[],
  options: Partial<RowOptions> = {},
): Promise<readonly PlannedItem[]> {
  const items: PlannedItem[] = [];
  for await (const page of planner.plan(rowsOf(values), { ...OPTIONS, ...options }, 'batch_1')) {
    expect(page.length).toBeLessThanOrEqual(20);
    items.push(...page);
  }
  return items;
}

const outcomes = (items: readonly PlannedItem[]): readonly unknown[] =>
  items.map(({ outcome }) => outcome?.reason ?? null);

describe('RowPlanner', () => {
  it('finds duplicates within a batch by secret and by label, and says of which line', async () => {
    const rows = [
      { secret: 'sk-1', label: 'a' },
      { secret: 'sk-1', label: 'b' },
      { secret: 'sk-2', label: 'a' },
      'sk-2',
      'sk-3',
      'sk-3',
    ];
    expect(outcomes(await plan(rows))).toEqual([
      null,
      'It has the same secret as line 1.',
      'It has the same label as line 1.',
      // A duplicate is not added, so it makes none of another row.
      null,
      null,
      'It has the same secret as line 5.',
    ]);
  });

  it('takes a secret for another where provider or base URL are others', async () => {
    const other = 'https://other.example/v1';
    const rows = ['sk-1', { secret: 'sk-1', provider: 'other' }, { secret: 'sk-1', baseUrl: other }];
    expect(outcomes(await plan(rows))).toEqual([null, null, null]);
  });

  it('does not look at labels where that is not wanted', async () => {
    const rows = [
      { secret: 'sk-1', label: 'a' },
      { secret: 'sk-2', label: 'a' },
    ];
    expect(outcomes(await plan(rows, { matchLabels: false }))).toEqual([null, null]);
  });

  it('lets a duplicate run where it may change the first', async () => {
    const items = await plan(['sk-1', { secret: 'sk-1', weight: 3 }], { onDuplicate: 'update' });
    expect(outcomes(items)).toEqual([null, null]);
    // One key: the second waits for the first.
    expect(items[0]?.key).toBe(items[1]?.key);
  });

  it('answers bad rows, and never shows a secret', async () => {
    const rows = [{ label: 'a' }, { secret: '' }, 7, { secret: 'sk-secret', weight: -1 }, ['sk-secret']];
    const items = await plan(rows);
    expect(items.map(({ outcome }) => outcome?.result)).toEqual(rows.map(() => 'invalid_row'));
    expect(items.map(({ position, label }) => [position, label])).toEqual(
      rows.map((_, index) => [index + 1, `line ${String(index + 1)}`]),
    );
    expect(items[3]?.outcome?.reason).toContain('weight');
    expect(JSON.stringify(items)).not.toContain('sk-secret');
  });

  it('keeps rows sealed for their line, with an id of their own', async () => {
    const [first, second] = await plan(['sk-secret-1', 'sk-secret-2']);
    const opened = planner.open(first?.payload ?? '', 'batch_1', 1);
    expect(opened.body).toMatchObject({ provider: 'acme', secret: 'sk-secret-1' });
    expect(opened.id).not.toBe(planner.open(second?.payload ?? '', 'batch_1', 2).id);
    expect(() => planner.open(first?.payload ?? '', 'batch_1', 2)).toThrow();
    expect(() => planner.open(first?.payload ?? '', 'batch_2', 1)).toThrow();
    expect(JSON.stringify([first, second])).not.toContain('sk-secret');
  });

  it('answers every row once, in order, and lets each secret run once', async () => {
    const rows = fc.array(fc.constantFrom('sk-1', 'sk-2', { secret: 'sk-3', label: 'x' }, { secret: 7 }), {
      maxLength: 120,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        const items = await plan(values);
        expect(items.map(({ position }) => position)).toEqual(values.map((_, index) => index + 1));
        const runs = items.filter(({ outcome }) => outcome === null).map(({ key }) => key);
        const good = new Set(values.filter((value) => JSON.stringify(value) !== '{"secret":7}'));
        expect([runs.length, new Set(runs).size]).toEqual([good.size, good.size]);
      }),
      { numRuns: 30 },
    );
  });
});
