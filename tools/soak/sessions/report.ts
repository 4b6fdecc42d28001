import type { Sample } from './sample.js';
import type { SessionsEvidence } from './verdict.js';

/** The run for people. */
export function reportOf({ samples }: SessionsEvidence, breaches: readonly string[]): string {
  const end = breaches.length === 0 ? ['No breach.'] : [`${breaches.length} breaches:`, ...breaches];
  return [
    ' origins  sessions  closing  sockets  files  heap MiB',
    ...samples.map(lineOf),
    '',
    `${samples.at(-1)?.origins ?? 0} origins.`,
    ...end,
  ].join('\n');
}

function lineOf({ origins, open, closing, sockets, files, heap }: Sample): string {
  const cells: readonly (readonly [string | number, number])[] = [
    [origins, 8],
    [open, 8],
    [closing, 7],
    [sockets, 7],
    [files ?? '?', 5],
    [(heap / 2 ** 20).toFixed(1), 8],
  ];
  return cells.map(([value, width]) => String(value).padStart(width)).join('  ');
}
