import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SecretBox } from './secret-box.js';
import { SecretError } from './secrets.errors.js';

const key = (id: string) => ({ id, key: randomBytes(32) });
const box = new SecretBox([key('k1')]);
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

function codeOf(open: () => string): string {
  try {
    open();
  } catch (error) {
    if (error instanceof SecretError) return error.code;
    throw error;
  }
  return 'opened';
}

/** The value with one bit of its sealed bytes turned over. */
function damaged(sealed: string, position: number): string {
  const at = sealed.lastIndexOf(':') + 1;
  const bytes = Buffer.from(sealed.slice(at), 'base64url');
  const index = position % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (position % 8)), index);
  return sealed.slice(0, at) + bytes.toString('base64url');
}

describe('SecretBox', () => {
  it('opens what it sealed, whatever the text and the record', () => {
    fc.assert(
      fc.property(anyText, anyText, (secret, record) => {
        expect(box.open(box.seal(secret, record), record)).toBe(Buffer.from(secret).toString());
      }),
    );
  });

  it('writes the version, the key id and nothing readable', () => {
    const sealed = box.seal('sk-visible-secret', 'tok_1/secret');
    expect(sealed).toMatch(/^v1:k1:[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.slice(6), 'base64url').toString('latin1')).not.toContain('visible');
  });

  it('seals the same secret differently each time', () => {
    const sealed = new Set(Array.from({ length: 50 }, () => box.seal('same', 'tok_1')));
    expect(sealed.size).toBe(50);
  });

  it('opens for no other record', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        fc.pre(Buffer.from(one).toString() !== Buffer.from(other).toString());
        expect(codeOf(() => box.open(box.seal('s', one), other))).toBe('secret_unopenable');
      }),
    );
  });

  it('notices every changed bit', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (secret, position) => {
        const sealed = damaged(box.seal(secret, 'tok_1'), position);
        expect(codeOf(() => box.open(sealed, 'tok_1'))).toBe('secret_unopenable');
      }),
    );
  });

  it('refuses what is no sealed value', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(codeOf(() => box.open(text, 'tok_1'))).toBe('secret_malformed');
      }),
    );
    expect(codeOf(() => box.open('v1:k1:AAAA', 'tok_1'))).toBe('secret_malformed');
  });

  it('says which key is missing and how to add it', () => {
    const sealed = new SecretBox([key('old')]).seal('s', 'tok_1/secret');
    expect(() => box.open(sealed, 'tok_1/secret')).toThrow(
      'The secret of tok_1/secret was sealed with key "old", but only "k1" is configured. ' +
        'Add the old key behind the new one in PENSTOCK_SECRET_KEY: <new key>,old:<old key>.',
    );
  });

  it('tells another key under the same id, without showing anything', () => {
    const sealed = new SecretBox([key('k1')]).seal('hunter2', 'tok_1');
    expect(codeOf(() => box.open(sealed, 'tok_1'))).toBe('secret_unopenable');
    expect(() => box.open(sealed, 'tok_1')).not.toThrow(/hunter2/);
  });

  it('seals with the first key and opens with all of them', () => {
    const old = key('old');
    const sealedBefore = new SecretBox([old]).seal('s', 'tok_1');
    const rotated = new SecretBox([key('new'), old]);
    expect(rotated.open(sealedBefore, 'tok_1')).toBe('s');
    expect(rotated.seal('s', 'tok_1')).toMatch(/^v1:new:/);
  });

  it('gives equal secrets equal fingerprints, and others others', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const same = Buffer.from(one).equals(Buffer.from(other));
        expect(box.fingerprint(one) === box.fingerprint(other)).toBe(same);
        expect(box.fingerprint(one)).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('keys its fingerprints, and finds those of before a rotation', () => {
    const old = key('old');
    const before = new SecretBox([old]).fingerprint('s');
    const rotated = new SecretBox([key('new'), old]);
    expect(rotated.fingerprint('s')).not.toBe(before);
    expect(rotated.fingerprints('s')).toEqual([rotated.fingerprint('s'), before]);
  });

  it('derives secrets that differ by use and by key, and are the same after a restart', () => {
    const old = key('old');
    const rotated = new SecretBox([key('new'), old]);
    const [current, before] = rotated.derivedSecrets('hooks/acme');
    expect(current).toMatch(/^[\w-]{43}$/);
    expect(new SecretBox([old]).derivedSecrets('hooks/acme')).toEqual([before]);
    expect(before).not.toBe(current);
    expect(rotated.derivedSecrets('hooks/other')).not.toContain(current);
    expect(current).not.toContain(rotated.fingerprint('hooks/acme'));
  });

  it('needs a key', () => {
    expect(() => new SecretBox([])).toThrow(new RangeError('keys must hold at least 1 key, got 0'));
  });
});
