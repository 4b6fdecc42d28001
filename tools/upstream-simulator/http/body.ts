import { randomBlock } from './random-block.js';

/** Bytes that can be served whole or in part, without being held whole. */
export interface Body {
  readonly size: number;
  readonly contentType: string;
  readonly etag: string;
  /** The bytes from `start` up to but not including `end`, in pieces. */
  read(start: number, end: number): Iterable<Buffer>;
}

/** A body that is held in memory. */
export function heldBody(bytes: Buffer, contentType: string, etag: string): Body {
  return {
    size: bytes.length,
    contentType,
    etag,
    read: (start, end) => [bytes.subarray(start, end)],
  };
}

/** `size` bytes of a fixed pattern, made as they are read. */
export function generatedBody(size: number, contentType: string, etag: string): Body {
  return { size, contentType, etag, read: generated };
}

/** The block's length is a prime, so that a piece in the wrong place shows. */
function* generated(start: number, end: number): Generator<Buffer> {
  const block = randomBlock();
  for (let at = start; at < end;) {
    const offset = at % block.length;
    const piece = block.subarray(offset, Math.min(block.length, offset + end - at));
    yield piece;
    at += piece.length;
  }
}
