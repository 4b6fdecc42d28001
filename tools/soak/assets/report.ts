const MEGABYTE = 1024 ** 2;

/** How often the upstream is to break while the file is copied. */
export const BREAKS = 2;

/** What a copy may take beyond what the gateway has anyway, whatever the size of the file. */
const MOST_MORE = 200 * MEGABYTE;

/** What was found of one file. Sizes are in bytes, hashes are SHA-256 in hexadecimal. */
export interface AssetEvidence {
  readonly sink: string;
  readonly bytes: number;
  /** From the request until the file came from the sink. */
  readonly copiedMs: number;
  /** How often the upstream broke. */
  readonly broken: number;
  readonly read: {
    readonly etag: string | null;
    readonly bytes: number;
    readonly sha256: string;
    /** Of the bytes that were asked for by themselves, too. */
    readonly part: string;
  };
  readonly part: { readonly status: number; readonly sha256: string };
  /** Of the gateway's process: at first, and at most. */
  readonly before: number;
  readonly most: number;
}

/** What is not right with the file, or with the memory. */
export function assetBreaches({ bytes, broken, read, part, before, most }: AssetEvidence): readonly string[] {
  const faults: readonly [boolean, string][] = [
    [broken !== BREAKS, `The upstream broke ${String(broken)} times, not ${String(BREAKS)}.`],
    [read.bytes !== bytes, `The file has ${String(read.bytes)} bytes, but it is ${String(bytes)}.`],
    [read.etag !== `"${read.sha256}"`, 'The bytes are not those that were copied.'],
    [part.status !== 206 || part.sha256 !== read.part, 'The range is not the part of the file.'],
    [most - before > MOST_MORE, `The gateway took ${inMegabytes(most - before)} more; it should be flat.`],
  ];
  return faults.filter(([isSo]) => isSo).map(([, breach]) => breach);
}

/** What is printed at the end. */
export function reportOf(
  { sink, bytes, copiedMs, before, most }: AssetEvidence,
  breaches: readonly string[],
): string {
  return [
    `${inMegabytes(bytes)} into the sink ${sink}, the upstream broke twice: ${(copiedMs / 1_000).toFixed(1)} s. Read whole and in part.`,
    `Memory of the gateway: ${inMegabytes(before)} at first, ${inMegabytes(most)} at most.`,
    ...(breaches.length === 0 ? ['No breach.'] : breaches),
  ].join('\n');
}

const inMegabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(0)} MB`;
