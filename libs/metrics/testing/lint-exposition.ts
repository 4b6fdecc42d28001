import type { Exposition, Sample } from './parse-exposition.js';

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const OTHER_UNITS =
  /_(ms|us|ns|milliseconds|microseconds|nanoseconds|minutes|hours|days|kb|mb|gb|kilobytes|megabytes|bits|percent)(_|$)/;
const OF_SERIES = /_(bucket|count|sum)$/;
const TYPES = new Set(['counter', 'gauge', 'histogram', 'summary']);

/**
 * Checks a scrape by Prometheus' conventions, as `promtool check metrics` does, and that histograms add up.
 *
 * @returns what is wrong, one line each; nothing when all is well
 */
export function lintExposition({ types, helps, samples }: Exposition): readonly string[] {
  const byName = grouped(samples, ({ name }) => (types.has(name) ? name : name.replace(OF_SERIES, '')));
  return [...types].flatMap(([name, type]) => [
    ...lintName(name, type),
    ...(helps.has(name) ? [] : [`${name} has no help`]),
    ...(byName.get(name) ?? []).flatMap((sample) => lintLabels(sample, type)),
    ...(type === 'histogram' ? lintHistogram(name, byName.get(name) ?? []) : []),
  ]);
}

function lintName(name: string, type: string): string[] {
  const problems: string[] = [];
  if (!TYPES.has(type)) problems.push(`${name} has the unknown type ${type}`);
  if (!SNAKE_CASE.test(name)) problems.push(`${name} is not in snake case`);
  if (OTHER_UNITS.test(name)) problems.push(`${name} is not in a base unit`);
  if ((type === 'counter') !== name.endsWith('_total')) {
    problems.push(`${name} is a ${type}: counters, and only they, end in _total`);
  }
  if (OF_SERIES.test(name)) problems.push(`${name} ends as the series of a histogram do`);
  if (/_(seconds|bytes)_(?!total$)/.test(name)) problems.push(`${name} has its unit in the middle`);
  return problems;
}

function lintLabels({ name, labels }: Sample, type: string): string[] {
  return Object.keys(labels)
    .filter((label) => !SNAKE_CASE.test(label) || (label === 'le' && type !== 'histogram'))
    .map((label) => `${name} must not have the label ${label}`);
}

/** Buckets rise, and the last one holds all. */
function lintHistogram(name: string, samples: readonly Sample[]): string[] {
  const series = grouped(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
  return [...series].flatMap(([labels, of]) => {
    const counts = of.filter((sample) => sample.name === `${name}_bucket`).map(({ value }) => value);
    const all = of.find((sample) => sample.name === `${name}_count`)?.value;
    const rises = counts.every((value, index) => value >= (counts[index - 1] ?? 0));
    return rises && counts.at(-1) === all ? [] : [`${name}${labels} does not add up`];
  });
}

function grouped(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(keyOf(sample)) ?? [];
    groups.set(keyOf(sample), [...group, sample]);
  }
  return groups;
}
