import { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';

import { entityTag, versionIn } from './if-match.js';

describe('versionIn', () => {
  it('reads what entityTag writes', () => {
    expect([0, 7, 2 ** 31].map(entityTag).map(versionIn)).toEqual([0, 7, 2 ** 31]);
    expect(versionIn(' "3" ')).toBe(3);
  });

  it('asks for the header', () => {
    expect(() => versionIn(undefined)).toThrow(HttpException);
    expect(() => versionIn(undefined)).toThrow('Send the ETag of the settings that you looked at');
  });

  it.each(['', '*', '3', 'W/"3"', '"a"', '"1", "2"', `"${'1'.repeat(11)}"`, 'x'.repeat(200)])(
    'refuses %s',
    (header) => {
      expect(() => versionIn(header)).toThrow(
        expect.objectContaining({
          code: 'invalid_value',
          field: 'If-Match',
          message: `If-Match: got ${header.slice(0, 60)}; expected the ETag of the settings, such as "3".`,
        }),
      );
    },
  );
});
