import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readCredential } from './credential.js';

const key = fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom(...'abcXYZ019_-:'.split('')) });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('readCredential', () => {
  it('reads bearer keys, however the scheme is written', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('Bearer', 'bearer', 'BEARER'), (secret, scheme) => {
        expect(readCredential(`${scheme} ${secret}`)).toEqual({ kind: 'key', key: secret, scheme: 'bearer' });
      }),
    );
  });

  it('reads the password of Basic, also one with colons, whoever the user is', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('', 'me', 'ü'), (secret, user) => {
        const credential = readCredential(`Basic ${base64(`${user}:${secret}`)}`);
        expect(credential).toEqual({ kind: 'key', key: secret, scheme: 'basic' });
      }),
    );
  });

  it.each([undefined, '', '  '])('finds none in %j', (header) => {
    expect(readCredential(header)).toEqual({ kind: 'none' });
  });

  it.each([
    'Bearer',
    'Bearer a b',
    'Digest x',
    'x',
    `Basic ${base64('nocolon')}`,
    `Basic ${base64('user:')}`,
  ])('does not understand %j', (header) => {
    expect(readCredential(header)).toEqual({ kind: 'malformed' });
  });

  it('takes anything without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(['none', 'malformed', 'key']).toContain(readCredential(header).kind);
      }),
    );
  });
});
