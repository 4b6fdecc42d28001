import type { SinkRange } from 'penstock/plugin-api';

/**
 * The part of a content that a `Range` header asks for.
 *
 * @returns `whole` without a header, and for one that is not understood or asks for several parts; `none` when nothing of it
 *   lies inside
 */
export function rangeOf(header: string | null, size: number): SinkRange | 'whole' | 'none' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return 'whole';
  if (from === '') return suffix(Number(to), size);
  return between(Number(from), to === '' ? Infinity : Number(to), size);
}

function between(start: number, end: number, size: number): SinkRange | 'whole' | 'none' {
  if (end < start) return 'whole';
  return start >= size ? 'none' : { start, end: Math.min(end, size - 1) };
}

function suffix(length: number, size: number): SinkRange | 'none' {
  if (length === 0 || size === 0) return 'none';
  return { start: Math.max(0, size - length), end: size - 1 };
}
