import { describe, expect, it } from 'vitest';

import { decodePlace, encodePlace, type TokenPlace } from './token-sort.js';

describe('the place in a list of tokens', () => {
  it.each<TokenPlace>([
    { sort: '-createdAt', value: 1_700_000_000_000, id: 'tok_1' },
    { sort: 'label', value: 'téam "a"', id: 'tok_2' },
  ])('%j survives its journey', (place) => {
    expect(decodePlace(encodePlace(place))).toEqual(place);
    expect(encodePlace(place)).toMatch(/^[\w-]+$/);
  });

  it.each([
    'nonsense',
    '',
    Buffer.from('["-createdAt",1]').toString('base64url'),
    Buffer.from('["secret",1,"tok_1"]').toString('base64url'),
    Buffer.from('["-createdAt","1 OR 1","tok_1"]').toString('base64url'),
    Buffer.from('["label",1,"tok_1"]').toString('base64url'),
    Buffer.from('{"sort":"label"}').toString('base64url'),
  ])('"%s" is none', (text) => {
    expect(decodePlace(text)).toBeUndefined();
  });
});
