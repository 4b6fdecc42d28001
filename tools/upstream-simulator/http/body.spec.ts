import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { generatedBody, heldBody } from './body.js';

const BIG = 400_000;
const bytesOf = (chunks: Iterable<Buffer>): Buffer => Buffer.concat([...chunks]);

describe('heldBody', () => {
  it('serves the whole and parts of it', () => {
    const body = heldBody(Buffer.from('0123456789'), 'text/plain', '"t"');
    expect(body).toMatchObject({ size: 10, contentType: 'text/plain', etag: '"t"' });
    expect(bytesOf(body.read(0, 10)).toString()).toBe('0123456789');
    expect(bytesOf(body.read(3, 5)).toString()).toBe('34');
  });
});

describe('generatedBody', () => {
  const body = generatedBody(BIG, 'video/mp4', '"g"');
  const whole = bytesOf(body.read(0, BIG));

  it('has exactly the size asked for', () => {
    expect(body.size).toBe(BIG);
    expect(whole.length).toBe(BIG);
  });

  it('is the same every time', () => {
    expect(bytesOf(generatedBody(BIG, 'video/mp4', '"h"').read(0, BIG)).equals(whole)).toBe(true);
  });

  it('serves the same bytes in parts', () => {
    fc.assert(
      fc.property(fc.nat(BIG), fc.nat(BIG), (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(bytesOf(body.read(start, end)).equals(whole.subarray(start, end))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('does not repeat at round offsets, so that misplaced pieces show', () => {
    for (const shift of [4096, 65_536, 131_072, 262_144]) {
      expect(whole.subarray(0, 1024).equals(whole.subarray(shift, shift + 1024))).toBe(false);
    }
  });

  it('is made in pieces', () => {
    const [first] = generatedBody(10 ** 12, 'video/mp4', '"huge"').read(5, 10 ** 12);
    expect(first?.length).toBeLessThan(70_000);
  });
});
