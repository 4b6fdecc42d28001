const UNTOLD: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/binary',
]);

/**
 * The type of a file by what the generation tells of it and what came with its bytes.
 *
 * @throws Error when they contradict each other, as when a page with an error comes instead of a video
 */
export function contentTypeOf(told: string, got: string): string {
  const [bareTold, bareGot] = [bare(told), bare(got)];
  if (UNTOLD.has(bareGot)) return told;
  if (UNTOLD.has(bareTold) || familyOf(bareTold) === familyOf(bareGot)) return got;
  throw new Error(`The upstream sent ${bareGot} for a file of the type ${bareTold}.`);
}

const bare = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase();
const familyOf = (type: string): string | undefined => type.split('/')[0];
