import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseSecretKeys } from './secret-key.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('parseSecretKeys', () => {
  it('reads hexadecimal, base64 and base64url alike', () => {
    fc.assert(
      fc.property(bytes32, fc.constantFrom<BufferEncoding>('hex', 'base64', 'base64url'), (key, encoding) => {
        expect(parseSecretKeys(key.toString(encoding))?.map((parsed) => parsed.key)).toEqual([key]);
      }),
    );
  });

  it('names a key without an id after itself', () => {
    const [one, two] = [randomBytes(32), randomBytes(32)];
    const ids = [one.toString('hex'), one.toString('base64'), two.toString('hex')].map(
      (text) => parseSecretKeys(text)?.[0]?.id,
    );
    expect(ids[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('reads several, named or not, in their order', () => {
    const key = () => randomBytes(32).toString('hex');
    const keys = parseSecretKeys(`2026-11:${key()}, old:${key()} ,${key()}`);
    expect(keys?.map(({ id }) => id)).toEqual(['2026-11', 'old', expect.stringMatching(/^[0-9a-f]{8}$/)]);
  });

  it.each([
    ['nothing', ''],
    ['a short key', 'ab'.repeat(31)],
    ['a long key', 'ab'.repeat(33)],
    ['a digit that is none', `${'ab'.repeat(31)}zz`],
    ['an empty place in the list', `${'ab'.repeat(32)},`],
    ['an id with a space', `a b:${'ab'.repeat(32)}`],
    ['an empty id', `:${'ab'.repeat(32)}`],
    ['an id that comes twice', `a:${'ab'.repeat(32)},a:${'cd'.repeat(32)}`],
    ['the same key twice', `${'ab'.repeat(32)},${'ab'.repeat(32)}`],
  ])('refuses %s', (_, text) => {
    expect(parseSecretKeys(text)).toBeUndefined();
  });
});
