import type { SpanReference } from './span-reference.js';

/** Something that took time, and has ended. */
export interface RecordedSpan {
  /** From the code, such as `upstream poll`; never of what was sent. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly span: SpanReference;
  readonly parent: SpanReference | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Ids, names and numbers: no prompt, no secret, no text of an upstream. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The code of what went wrong; `null` when nothing did. */
  readonly error: string | null;
  /** Spans of other traces that it has to do with. @defaultValue none */
  readonly links?: readonly SpanReference[];
}

/**
 * Takes spans when they have ended. Where no collector is set there is none: whoever records injects
 * `SpanRecorder | null`.
 */
export abstract class SpanRecorder {
  /** A span that begins, below `parent` or as the root of a trace. */
  abstract begin(parent: SpanReference | null): SpanReference;

  /** Takes a span, if its trace is sampled. Returns at once and never throws; what cannot be sent is lost. */
  abstract record(span: RecordedSpan): void;
}
