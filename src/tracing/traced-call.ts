import { CodedError, type Clock } from 'penstock/kernel';

import type { SpanRecorder } from './span-recorder.js';
import type { SpanReference } from './span-reference.js';

/** A call of an upstream. */
export interface CallDescription {
  readonly name: string;
  /** What it is for: one span is recorded below each. */
  readonly parents: readonly SpanReference[];
  readonly ids: Readonly<Record<string, string>>;
}

/** Runs `work` and records it when it has ended. Hands on what it gives and what it throws. */
export async function tracedCall<T>(
  spans: SpanRecorder,
  clock: Clock,
  call: CallDescription,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = clock.now();
  const from = clock.monotonic();
  const end = (error: string | null): void => {
    const ids = Object.entries(call.ids).map(([name, id]) => [`penstock.${name}`, id] as const);
    for (const parent of call.parents) {
      spans.record({
        name: call.name,
        kind: 'client',
        span: spans.begin(parent),
        parent,
        startedAt,
        error,
        durationMs: clock.monotonic() - from,
        attributes: Object.fromEntries(ids),
      });
    }
  };
  try {
    const result = await work();
    end(null);
    return result;
  } catch (error) {
    end(codeOf(error));
    throw error;
  }
}

/** Never the message, which may quote what was sent. */
function codeOf(error: unknown): string {
  if (error instanceof CodedError) return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}
