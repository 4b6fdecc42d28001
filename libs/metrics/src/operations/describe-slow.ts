import type { SlowOperation } from './slow-operations.js';

/** Says in one line what was slow, and why. */
export function describeSlow(slow: SlowOperation): string {
  const ids = Object.entries(slow.ids).map(([name, id]) => `${name} ${id}`);
  const within = slow.within.length === 0 ? '' : `, in ${slow.within.join(', in ')}`;
  const about = ids.length === 0 ? '' : ` (${ids.join(', ')})`;
  return `${headOf(slow)}${within}${about}.`;
}

function headOf({ kind, operation, durationMs, outcome, waits }: SlowOperation): string {
  const took = durationMs.toFixed(0);
  if (kind === 'wait') {
    const ended = outcome === 'ok' ? 'acquired' : outcome;
    return `Waited ${took} ms for ${operation}: ${ended}${heldBy(waits[0]?.holder ?? null)}`;
  }
  const waited = waits
    .filter(({ totalMs }) => totalMs >= 1)
    .map(({ resource, totalMs, holder }) => `${totalMs.toFixed(0)} ms for ${resource}${heldBy(holder)}`);
  const of = waited.length === 0 ? '' : `; waited ${waited.join(', ')}`;
  return `${operation} took ${took} ms${outcome === 'error' ? ' and failed' : ''}${of}`;
}

const heldBy = (holder: string | null): string => (holder === null ? '' : `, held by ${holder}`);
