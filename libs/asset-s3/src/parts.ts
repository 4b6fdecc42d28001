/**
 * Cuts a content into parts of one size; only the last is smaller. There is always one, if an empty one.
 *
 * A part is a buffer of its own: it may be sent, and sent again, while the next is filled.
 */
export async function* partsOf(
  content: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Buffer, void, void> {
  let part = Buffer.allocUnsafe(partBytes);
  let filled = 0;
  let count = 0;
  for await (const piece of content) {
    for (let rest = piece; rest.byteLength > 0;) {
      const taken = rest.subarray(0, partBytes - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (filled < partBytes) continue;
      count += 1;
      yield part;
      part = Buffer.allocUnsafe(partBytes);
      filled = 0;
    }
  }
  if (filled > 0 || count === 0) yield part.subarray(0, filled);
}
