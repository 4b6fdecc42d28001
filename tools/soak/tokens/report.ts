import type { PlannedToken } from './plan.js';
import type { Evidence } from './verdict.js';

/** The run for people: a line for each token, and the sums. */
export function reportOf(evidence: Evidence, breaches: readonly string[]): string {
  const { plan, generations } = evidence;
  const lines = table([
    ['token', 'most', 'jobs', 'errors', 'state', ''],
    ...plan.map((token) => rowOf(token, evidence)),
  ]);
  const counts = new Map<string, number>();
  for (const { status } of generations) counts.set(status, (counts.get(status) ?? 0) + 1);
  const sums = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  const end = breaches.length === 0 ? ['No breach.'] : [`${breaches.length} breaches:`, ...breaches];
  return [...lines, '', `${generations.length} generations: ${sums}`, '', ...end, ''].join('\n');
}

function rowOf({ secret, concurrency, ...planned }: PlannedToken, evidence: Evidence): readonly string[] {
  const { tokens, upstream, turnedOff } = evidence;
  const seen = upstream.secrets.find((one) => one.secret === secret);
  const most = `${seen?.maxInFlight ?? 0}/${concurrency}`;
  const notes = [...notesOf(planned), ...(turnedOff.has(secret) ? ['was turned off'] : [])].join(', ');
  const token = tokens.find(({ label }) => label === secret);
  if (token === undefined) return [secret, most, '', '', 'gone', notes];
  const { submitted, errors } = token.counters;
  const state = token.rampLimit === null ? token.state : `${token.state}, ${token.rampLimit} at once`;
  return [secret, most, String(submitted), String(errors), state, notes];
}

function notesOf({
  trouble,
  quota,
  expiresAfterMs,
  quotaEverySeconds,
  requestsPerMinute,
}: Omit<PlannedToken, 'secret' | 'concurrency'>): readonly string[] {
  return [
    ...(trouble === 'none' ? [] : [trouble]),
    ...(quota === -1
      ? []
      : [`quota ${quota}${quotaEverySeconds === null ? '' : ` every ${quotaEverySeconds} s`}`]),
    ...(requestsPerMinute === null ? [] : [`${requestsPerMinute} a minute`]),
    ...(expiresAfterMs === null ? [] : [`expires after ${expiresAfterMs / 1_000} s`]),
  ];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
