import { validateHeaderName, validateHeaderValue } from 'node:http';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { headersOfClearance, problemsOfClearance } from './clearance.js';

describe('problemsOfClearance', () => {
  it.each([
    [{}, 'headers'],
    [{ headers: {}, cookies: {} }, 'headers'],
    [{ headers: { 'a b': 'x' } }, 'headers.a b'],
    [{ headers: { 'X-A': 'x\r\ny: z' } }, 'headers.X-A'],
    [{ headers: { 'X-A': '' } }, 'headers.X-A'],
    [{ headers: { Authorization: 'Bearer x' } }, 'headers.Authorization'],
    [{ headers: { Host: 'x' } }, 'headers.Host'],
    [{ headers: { 'Content-Length': '1' } }, 'headers.Content-Length'],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'headers.Transfer-Encoding'],
    [{ headers: { 'x-a': '1', 'X-A': '2' } }, 'headers'],
    [{ headers: { Cookie: 'a=b' }, cookies: { c: 'd' } }, 'headers.cookie'],
    [{ cookies: { c: 'a; b=c' } }, 'cookies.c'],
    [{ cookies: { 'c=d': 'x' } }, 'cookies.c=d'],
  ])('finds what is wrong with %j', (clearance, field) => {
    expect(problemsOfClearance(clearance).map((problem) => problem.field)).toEqual([field]);
  });

  it('never repeats a value', () => {
    const secret = 'top secret, "quoted"';
    const problems = problemsOfClearance({ headers: { Host: secret }, cookies: { c: secret } });
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('top');
  });

  it('leaves nothing that could not be sent, or that makes two headers of one', () => {
    const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('a\r\nb: c', 'x', 'ä', ''));
    const fields = fc.dictionary(fc.oneof(text, fc.constantFrom('X-A', 'x-a', 'Cookie')), text, {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(fields, fields, (headers, cookies) => {
        fc.pre(problemsOfClearance({ headers, cookies }).length === 0);
        for (const [name, value] of Object.entries(headersOfClearance({ headers, cookies }))) {
          expect(name).toBe(name.toLowerCase());
          validateHeaderName(name);
          validateHeaderValue(name, value);
          if (name === 'cookie' && headers['Cookie'] === undefined) {
            expect(value.split('; ')).toHaveLength(Object.keys(cookies).length);
          }
        }
      }),
    );
  });
});

it('headersOfClearance joins cookies', () => {
  const headers = headersOfClearance({ headers: { 'X-A': '1' }, cookies: { a: '1', b: '2' } });
  expect(headers).toEqual({ 'x-a': '1', cookie: 'a=1; b=2' });
});
