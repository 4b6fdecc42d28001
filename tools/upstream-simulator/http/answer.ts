import type { Job } from '../core/job.js';
import type { RetryAfter } from '../core/refusal.js';
import type { Body } from './body.js';
import { chooseRange } from './range.js';

/** Part of a {@link Body}, to be sent as it is read. */
export interface Piece {
  readonly size: number;
  chunks(): Iterable<Buffer>;
}

/** What the upstream says to a call. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Piece;
  /** Jobs of which this answer tells that they have ended. */
  readonly ended?: readonly Job[];
  /** The job that the call made. */
  readonly made?: Job;
  readonly retryAfter?: RetryAfter | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer in JSON. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(value) };
}

/** An answer with `body`, or the part of it that `range` asks for and `ifRange` (an ETag) does not forbid. */
export function bodyAnswer(body: Body, range: string | undefined, ifRange: string | undefined): Answer {
  const choice = chooseRange(ifRange === undefined || ifRange === body.etag ? range : undefined, body.size);
  const headers = { 'accept-ranges': 'bytes', etag: body.etag, 'content-type': body.contentType };
  switch (choice.kind) {
    case 'whole':
      return { status: 200, headers, body: pieceOf(body, 0, body.size) };
    case 'part': {
      const { start, end } = choice;
      const contentRange = `bytes ${start}-${end - 1}/${body.size}`;
      return {
        status: 206,
        headers: { ...headers, 'content-range': contentRange },
        body: pieceOf(body, start, end),
      };
    }
    case 'unsatisfiable':
      return { status: 416, headers: { ...headers, 'content-range': `bytes */${body.size}` }, body: '' };
  }
}

function pieceOf(body: Body, start: number, end: number): Piece {
  return { size: end - start, chunks: () => body.read(start, end) };
}
