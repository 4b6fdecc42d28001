import { expect, it } from 'vitest';

import { nameOf, type Panel } from './panels.js';
import { amount, drawDashboard } from './picture.js';
import type { Series } from './prometheus.js';

const panel = (title: string, x: number): Panel => ({
  title,
  place: { x, y: 0, w: 12, h: 8 },
  unit: 'ops',
  queries: [{ expression: 'rate(a[1m])', legend: '{{provider}} {{state}}' }],
});
const series = (state: string, ...values: readonly number[]): Series => ({
  labels: { provider: 'acme', state },
  points: values.map((value, index) => [1_000 + index, value] as const),
});
const RANGE = { from: 1_000, to: 1_002, stepSeconds: 1 };

it('draws each panel with its title and what its lines are called', () => {
  const picture = drawDashboard(
    [
      { panel: panel('Left', 0), found: [[series('ready', 1, 2, 3)]] },
      { panel: panel('Right', 12), found: [[series('cooling', 1, Number.NaN, 3)]] },
    ],
    RANGE,
  );
  expect(picture).toMatch(/^<svg width="960" height="240"/);
  for (const text of ['Left', 'Right', 'acme ready', 'acme cooling'])
    expect(picture).toContain(`>${text}</text>`);
});

it('leaves out what stays at 0', () => {
  const found = [[series('ready', 1, 2), series('expired', 0, 0)]];
  const picture = drawDashboard([{ panel: panel('Tokens', 0), found }], RANGE);
  expect(picture).toContain('acme ready');
  expect(picture).not.toContain('acme expired');
});

it.each([
  [3, 'short', '3'],
  [0.5, 's', '0.5 s'],
  [2, 'reqps', '2 /s'],
  [0, 'bytes', '0 B'],
  [2_048, 'bytes', '2 KiB'],
  [3 * 1024 ** 3, 'bytes', '3 GiB'],
])('writes %d of unit %s as %s', (value, unit, text) => {
  expect(amount(value, unit)).toBe(text);
});

it('names a line after its labels, those that it has', () => {
  expect(nameOf('{{kind}} p50', { kind: 'video' })).toBe('video p50');
  expect(nameOf('{{phase}} {{provider}}', { phase: 'queued' })).toBe('queued');
});
