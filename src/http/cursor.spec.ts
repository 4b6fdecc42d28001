import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cursorSchema, decodeCursor, encodeCursor, limitSchema, toPage } from './cursor.js';

const cursors = fc.record({
  createdAt: fc.nat(),
  id: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme-ascii' }),
});

describe('cursors', () => {
  it('come back as they were, and are safe in a URL', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const text = encodeCursor(cursor);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text)).toEqual(cursor);
      }),
    );
  });

  it('are refused when they are anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = decodeCursor(text);
        expect(cursor === undefined || encodeCursor(cursor) === text).toBe(true);
      }),
    );
    for (const content of ['[1]', '["1","a"]', '[-1,"a"]', '[1,""]', '{}', 'null', '[1,"a",2]']) {
      expect(decodeCursor(Buffer.from(content).toString('base64url'))).toBeUndefined();
    }
    expect(cursorSchema.safeParse('nonsense').error?.issues[0]?.message).toBe(
      'expected the nextCursor of the page before',
    );
  });
});

describe('limitSchema', () => {
  it.each([
    ['1', 1],
    ['100', 100],
    [undefined, 20],
  ])('takes %j as %j', (text, limit) => {
    expect(limitSchema.parse(text)).toBe(limit);
  });

  it.each(['0', '101', '-1', '1.5', '', 'ten', '1e1'])('refuses %j', (text) => {
    expect(limitSchema.safeParse(text).success).toBe(false);
  });
});

describe('toPage', () => {
  const rows = [3, 2, 1].map((createdAt) => ({ createdAt, id: `id_${createdAt}` }));

  it('ends with the last row', () => {
    expect(toPage(rows, 3, ({ id }) => id)).toEqual({ data: ['id_3', 'id_2', 'id_1'], nextCursor: null });
    expect(toPage([], 3, String)).toEqual({ data: [], nextCursor: null });
  });

  it('goes on behind the last row that it shows', () => {
    const page = toPage(rows, 2, ({ id }) => id);
    expect(page.data).toEqual(['id_3', 'id_2']);
    expect(decodeCursor(page.nextCursor ?? '')).toEqual({ createdAt: 2, id: 'id_2' });
  });
});
