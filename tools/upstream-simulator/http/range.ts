/** Which bytes to send: all, one part, or none because there are none such. */
export type RangeChoice =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeChoice = { kind: 'whole' };
const UNSATISFIABLE: RangeChoice = { kind: 'unsatisfiable' };

/**
 * Reads a `Range` header for a body of `size` bytes (RFC 9110, 14.2). Several ranges, other units and nonsense are
 * ignored, as the standard allows. `end` is exclusive.
 */
export function chooseRange(header: string | undefined, size: number): RangeChoice {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return WHOLE;
  if (first === '') return part(Math.max(0, size - Number(last)), size, size);
  const start = Number(first);
  const end = last === '' ? size : Number(last) + 1;
  return last !== '' && end <= start ? WHOLE : part(start, end, size);
}

function part(start: number, end: number, size: number): RangeChoice {
  return start >= size ? UNSATISFIABLE : { kind: 'part', start, end: Math.min(end, size) };
}
