import { describe, expect, it } from 'vitest';

import { idempotencyKeyOf } from './request-facts.js';

describe('idempotencyKeyOf', () => {
  it.each([undefined, 'a', 'x'.repeat(255), '0b1e7c1c-7f0e-4f5e-9d5a-0c7c1f6f3a11', '!~'])(
    'takes %j',
    (header) => {
      expect(idempotencyKeyOf(header)).toBe(header ?? null);
    },
  );

  it.each(['', 'x'.repeat(256), 'two words', 'a\tb', 'schlüssel', 'one, two'])('refuses %j', (header) => {
    expect(() => idempotencyKeyOf(header)).toThrow(
      expect.objectContaining({
        code: 'invalid_value',
        field: 'Idempotency-Key',
        message: `Idempotency-Key: got ${header.length} characters, expected 1 to 255 visible ASCII characters without spaces, such as a UUID.`,
      }),
    );
  });
});
