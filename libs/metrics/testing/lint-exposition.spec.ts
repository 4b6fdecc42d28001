import { expect, it } from 'vitest';

import { lintExposition } from './lint-exposition.js';
import { parseExposition } from './parse-exposition.js';

const lint = (...lines: readonly string[]) => lintExposition(parseExposition(`${lines.join('\n')}\n`));
const metric = (name: string, type: string, labels = '') =>
  lint(`# HELP ${name} What it is.`, `# TYPE ${name} ${type}`, `${name}${labels} 1`);

it.each([
  ['polls_total', 'counter'],
  ['database_bytes', 'gauge'],
  ['cpu_seconds_total', 'counter'],
])('has nothing against %s as a %s', (name, type) => {
  expect(metric(name, type)).toEqual([]);
});

it.each([
  ['polls', 'counter', 'polls is a counter: counters, and only they, end in _total'],
  ['handles_total', 'gauge', 'handles_total is a gauge: counters, and only they, end in _total'],
  ['wait_ms', 'gauge', 'wait_ms is not in a base unit'],
  ['wait_milliseconds_total', 'counter', 'wait_milliseconds_total is not in a base unit'],
  ['disk_percent', 'gauge', 'disk_percent is not in a base unit'],
  ['waitSeconds', 'gauge', 'waitSeconds is not in snake case'],
  ['wait_seconds_mean', 'gauge', 'wait_seconds_mean has its unit in the middle'],
  ['polls_count', 'gauge', 'polls_count ends as the series of a histogram do'],
  ['polls', 'speed', 'polls has the unknown type speed'],
])('refuses %s as a %s', (name, type, problem) => {
  expect(metric(name, type)).toEqual([problem]);
});

it('wants a help text', () => {
  expect(lint('# TYPE size gauge', 'size 1')).toEqual(['size has no help']);
});

it('refuses labels that are not in snake case, or are those of buckets', () => {
  expect(metric('size', 'gauge', '{tokenId="a",le="1"}')).toEqual([
    'size must not have the label tokenId',
    'size must not have the label le',
  ]);
});

it.each([
  [[1, 2, 2], 2, []],
  [[2, 1, 2], 2, ['took_seconds{"of":"a"} does not add up']],
  [[1, 2, 2], 3, ['took_seconds{"of":"a"} does not add up']],
])('adds up a histogram of %j in buckets and %i in all', (counts, all, problems) => {
  const buckets = ['1', '5', '+Inf'].map(
    (le, index) => `took_seconds_bucket{le="${le}",of="a"} ${String(counts[index])}`,
  );
  const rest = ['took_seconds_sum{of="a"} 3', `took_seconds_count{of="a"} ${String(all)}`];
  expect(lint('# HELP took_seconds Time.', '# TYPE took_seconds histogram', ...buckets, ...rest)).toEqual(
    problems,
  );
});
