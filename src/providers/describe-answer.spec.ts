import fc from 'fast-check';
import type { JsonValue } from 'penstock/kernel';
import { expect, it } from 'vitest';

import { describeAnswer } from './describe-answer.js';

it.each<[JsonValue, string]>([
  [{ error: { message: 'No such\n model.', code: 'x' } }, 'No such model.'],
  [{ error: 'Denied' }, 'Denied'],
  [{ message: 'Gone' }, 'Gone'],
  [{ detail: 'Not found.' }, 'Not found.'],
  [{ error: { code: 'only_code' }, message: 'Outer' }, 'Outer'],
  [{ detail: [{ loc: ['body'], msg: 'bad' }] }, '{"detail":[{"loc":["body"],"msg":"bad"}]}'],
  ['<html>\n  Bad gateway', '<html> Bad gateway'],
  ['', ''],
  [null, 'null'],
])('describes %j as %j', (body, text) => {
  expect(describeAnswer(body)).toBe(text);
});

it('finds some text for any JSON, on one line', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      expect(describeAnswer(body as JsonValue)).not.toMatch(/[\n\r\t]/);
    }),
  );
});
