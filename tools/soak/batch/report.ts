import { firstCalls, leastSpanOf, mostAtOnce } from './first-calls.js';
import type { Evidence } from './verdict.js';

/** The run for people. */
export function reportOf(
  { plan, batch, calls, concurrency, intervalMs }: Evidence,
  breaches: readonly string[],
): string {
  const first = firstCalls(calls);
  const sums = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([word, count]) => `${word} ${count}`)
      .join(', ');
  const seconds = (leastSpanOf(first, first.length) / 1_000).toFixed(1);
  const end = breaches.length === 0 ? ['No breach.'] : [`${breaches.length} breaches:`, ...breaches];
  return [
    `${plan.length} tokens tested: ${sums(batch.results)}; changes: ${sums(batch.changes)}`,
    `upstream: ${first.length} tokens asked in ${seconds} s (${intervalMs} ms apart), ` +
      `at most ${mostAtOnce(first)} of ${concurrency} at once, two within ${leastSpanOf(first, 2)} ms at least`,
    '',
    ...end,
    '',
  ].join('\n');
}
