import fc from 'fast-check';
import { CodedError } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { parseJsonBody } from './json-body.js';

describe('parseJsonBody', () => {
  it('reads what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseJsonBody(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('has one error for everything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseJsonBody(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
          expect(error).toMatchObject({ code: 'invalid_json', category: 'invalid_input' });
        }
      }),
    );
  });

  it.each([
    ['{"a":1,}', 'The body is not valid JSON: Expected double-quoted property name in JSON at position 7'],
    [' \n', 'The body is not valid JSON: it is empty, though content-type is application/json.'],
    ['{"a":{"__proto__":{}}}', 'The body is not valid JSON: the key "__proto__" is not taken.'],
    ['{"constructor":{"prototype":{}}}', 'The body is not valid JSON: the key "constructor" is not taken.'],
  ])('says of %j where and why', (text, message) => {
    expect(() => parseJsonBody(text)).toThrow(message);
  });
});
