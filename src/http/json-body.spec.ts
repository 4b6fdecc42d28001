import fc from 'fast-check';
import { CodedError } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { parseJsonBody } from './json-body.js';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('parseJsonBody', () => {
  it('reads what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\\u0000|"(__proto__|constructor)":/.test(text));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('has one error for everything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parse(text);
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
    ['{"a":["b\\u0000"]}', 'The body is not valid JSON: "0" holds a NUL.'],
    ['{"a\\u0000":1}', 'The body is not valid JSON: a key holds a NUL.'],
  ])('says of %j where and why', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('names the field that holds a NUL', () => {
    expect(() => parse('{"label":"a\\u0000b"}')).toThrow(expect.objectContaining({ field: 'label' }));
  });

  it('reads UTF-8 only, with or without a byte order mark', () => {
    expect(parse('\ufeff{"a":"ü"}')).toEqual({ a: 'ü' });
    for (const body of [Buffer.from('{"a":"ü"}', 'latin1'), Buffer.from('\ufeff{"a":1}', 'utf16le')])
      expect(() => parseJsonBody(body)).toThrow('The body is not valid JSON: it is not UTF-8.');
  });
});
