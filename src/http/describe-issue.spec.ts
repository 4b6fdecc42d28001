import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { describeIssue, type Problem } from './describe-issue.js';

const schema = z.strictObject({
  label: z.string().min(1),
  limits: z
    .record(z.string().regex(/^[a-z]{1,99}$/, 'expected a kind such as video'), z.int().min(-1))
    .optional(),
  weight: z.number().max(1000).optional(),
  mode: z.enum(['fast', 'slow']).optional(),
  secret: z.string().min(8).optional(),
  nested: z
    .strictObject({ apiKey: z.string().max(3), count: z.int() })
    .nullable()
    .optional(),
  when: z.union([z.iso.datetime(), z.int()]).optional(),
  reference: z.union([z.strictObject({ image: z.string() }), z.strictObject({ file: z.int() })]).optional(),
});

function problemsOf(value: unknown): readonly Problem[] {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('the value fits');
  return result.error.issues.flatMap((issue) => describeIssue(issue, value, schema));
}

const messagesOf = (value: unknown) => problemsOf(value).map(({ message }) => message);

describe('describeIssue', () => {
  it('names the path, what was got and what is right', () => {
    expect(problemsOf({ label: 'a', limits: { video: 'two' } })).toEqual([
      { code: 'invalid_value', path: 'limits.video', message: '"limits.video": got "two"; expected number.' },
    ]);
  });

  it('says of a name that does not fit what would be right', () => {
    expect(problemsOf({ label: 'a', limits: { Video: 1 } })).toEqual([
      {
        code: 'invalid_value',
        path: 'limits.Video',
        message: '"limits.Video": this name is not taken; expected a kind such as video.',
      },
    ]);
    const [problem] = problemsOf({ label: 'a', limits: { ['x'.repeat(10_000)]: 1 } });
    expect(problem?.message.length).toBeLessThan(200);
  });

  it.each([
    [{ label: 7 }, '"label": got 7; expected string.'],
    [{ label: null }, '"label": got null; expected string.'],
    [{ label: [1, 2] }, '"label": got an array of 2; expected string.'],
    [{ label: { a: 1 } }, '"label": got an object; expected string.'],
    [{ label: '' }, '"label": got ""; expected string to have >=1 characters.'],
    [{ label: 'a', weight: 1e6 }, '"weight": got 1000000; expected number to be <=1000.'],
    [{ label: 'a', mode: 'quick' }, '"mode": got "quick"; expected one of "fast"|"slow".'],
    [{}, '"label" is missing; expected string.'],
    [[], 'The request: got an array of 0; expected object.'],
    [undefined, 'The request is missing; expected object.'],
  ])('says of %j: %s', (value, message) => {
    expect(messagesOf(value)).toEqual([message]);
  });

  it('gives codes by what is wrong', () => {
    expect(problemsOf({ lable: 'a', weight: 'x' }).map(({ code }) => code)).toEqual([
      'missing_required_parameter',
      'invalid_value',
      'unknown_parameter',
    ]);
  });

  it('names unknown fields and what they probably mean, at any depth', () => {
    expect(messagesOf({ label: 'a', wieght: 1 })).toEqual([
      '"wieght" is not known here. Did you mean "weight"?',
    ]);
    expect(messagesOf({ label: 'a', nested: { apiKey: 'a', count: 1, cuont: 2 } })).toEqual([
      '"nested.cuont" is not known here. Did you mean "count"?',
    ]);
    expect(messagesOf({ label: 'a', nested: { apiKey: 'a', count: 1, other: 2 } })).toEqual([
      '"nested.other" is not known here. Known are apiKey, count.',
    ]);
  });

  it('says what is wrong inside of the alternative that was meant', () => {
    expect(messagesOf({ label: 'a', reference: { file: 'x' } })).toEqual([
      '"reference.file": got "x"; expected number.',
    ]);
  });

  it('names all alternatives for a value that has the type of none', () => {
    expect(messagesOf({ label: 'a', when: true })).toEqual([
      '"when": got true; expected string or expected number.',
    ]);
    expect(messagesOf({ label: 'a', reference: 7 })).toEqual(['"reference": got 7; expected object.']);
  });

  it('keeps long values short', () => {
    const [message] = messagesOf({ label: 'a', mode: 'x'.repeat(10_000) });
    expect(message).toContain('…');
    expect(message?.length).toBeLessThan(150);
  });

  it('never shows the value of a field that may be a secret, nor what is inside of one', () => {
    const value = fc.string({ minLength: 4, maxLength: 7, unit: fc.constantFrom('Q', 'Z', '7') });
    fc.assert(
      fc.property(value, (secret) => {
        const text = messagesOf({ label: 'a', secret, nested: { apiKey: secret, count: 1 } }).join(' ');
        expect(text).not.toContain(secret);
        expect(text).toContain(
          '"secret": got a value that is not shown; expected string to have >=8 characters.',
        );
        expect(text).toContain('"nested.apiKey": got a value that is not shown');
      }),
    );
  });

  it('has a finished sentence for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        if (schema.safeParse(value).success) return;
        const messages = messagesOf(value);
        expect(messages.length).toBeGreaterThan(0);
        for (const message of messages) expect(message).toMatch(/[.?]$/);
      }),
    );
  });
});
