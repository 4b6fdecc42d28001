import type { Readable } from 'node:stream';

const SHOWN_BYTES = 1_024;
/** A short rest is read, so that the connection can be used again. */
const READ_BYTES = 16_384;

/**
 * Reads the beginning of a body and drops the rest, with its connection if the rest is long.
 *
 * @returns at most 1 KiB as text; `null` when nothing came. Never rejects: a body that breaks is as long as it got
 */
export async function beginningOf(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (Buffer.concat(chunks).length < SHOWN_BYTES) chunks.push(chunk);
      if (bytes > READ_BYTES) break;
    }
  } catch {
    // Its status was what mattered.
  }
  const text = Buffer.concat(chunks).subarray(0, SHOWN_BYTES).toString('utf8').replaceAll('\u0000', '\uFFFD');
  return text === '' ? null : text;
}
