import { countUpstream, type EndedGeneration, type LedgerEvidence } from './verdict.js';

/** What is printed at the end. */
export function ledgerReport(evidence: LedgerEvidence, breaches: readonly string[]): string {
  const { rows, generations } = evidence;
  const sum = (column: 'completed' | 'failed' | 'cancelled' | 'seconds'): string =>
    String(rows.reduce((all, row) => all + row[column], 0));
  const upstream = countUpstream(evidence);
  return [
    `Ledger: ${String(rows.length)} rows by day, key, token and model: ${sum('completed')} completed of ${sum('seconds')} s, ` +
      `${sum('failed')} failed (${codesOf(generations)}), ${sum('cancelled')} cancelled.`,
    `Upstream: ${String(upstream.all)} completed: ${String(upstream.completed)} that are completed here, ` +
      `${String(upstream.unknown)} of submissions that stayed unknown, ${String(upstream.cancelled)} cancelled too late.`,
    ...(breaches.length === 0 ? ['The ledger is right.'] : breaches),
  ].join('\n');
}

function codesOf(generations: readonly EndedGeneration[]): string {
  const counts = new Map<string, number>();
  for (const { error } of generations)
    if (error !== null) counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${String(count)} ${code}`).join(', ') || 'none';
}
