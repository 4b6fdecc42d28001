import type { GatewayMemory } from '../gateway.js';

/** What the gateway has in memory with so many streams. */
export interface Sample extends GatewayMemory {
  readonly streams: number;
}

/** Of one measure over all streams, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly most: number;
}

/** All that was found. The first sample is without streams, the last one after all of them were told. */
export interface StreamEvidence {
  readonly samples: readonly Sample[];
  /** Streams that heard nothing. */
  readonly untold: number;
  /** From the end of the generation until the median stream, and the last one, had heard of it. */
  readonly toldMs: Spread;
}

/** The most that the gateway may take as a whole, in megabytes. */
const MOST_MEGABYTES = 400;
const MEGABYTE = 1024 ** 2;

/** Where the gateway took too much, or kept something to itself; nothing when all is well. */
export function streamBreaches({ samples, untold }: StreamEvidence): readonly string[] {
  const most = Math.max(...samples.map(({ rss }) => rss)) / MEGABYTE;
  return [
    ...(untold === 0 ? [] : [`${String(untold)} streams were not told.`]),
    ...(most <= MOST_MEGABYTES
      ? []
      : [`The gateway took ${most.toFixed(0)} MB; at most ${String(MOST_MEGABYTES)} are allowed.`]),
  ];
}

/** What is printed at the end. */
export function reportOf({ samples, toldMs }: StreamEvidence, breaches: readonly string[]): string {
  const [none] = samples;
  const rows = samples.map((sample) => {
    const { streams, rss, heapUsed, external } = sample;
    const each = streams === 0 ? 0 : (rss - (none?.rss ?? 0)) / streams / 1_024;
    return [
      ...[String(streams), ...[rss, heapUsed, external].map((bytes) => (bytes / MEGABYTE).toFixed(0))],
      each.toFixed(1),
    ];
  });
  const head = ['streams', 'RSS MB', 'heap MB', 'external MB', 'KB a stream'];
  return [
    ...[head, ...rows].map((row) => row.map((cell, at) => cell.padStart(at === 0 ? 8 : 13)).join('')),
    'The last row is after a generation was told to all of them.',
    `They heard of its end after ${String(toldMs.median)} ms (median) and ${String(toldMs.most)} ms at most.`,
    ...(breaches.length === 0 ? ['No breach.'] : breaches),
  ].join('\n');
}
