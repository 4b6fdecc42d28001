/** What a `Content-Range` header of a part tells. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  /** `null` where the sender does not know it. */
  readonly total: number | null;
}

/** @returns `undefined` for what is no range of bytes */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header?.trim() ?? '') ?? [];
  if (start === undefined || end === undefined || total === undefined) return undefined;
  return { start: Number(start), end: Number(end), total: total === '*' ? null : Number(total) };
}
