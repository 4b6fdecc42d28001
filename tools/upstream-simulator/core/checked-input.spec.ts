import { CodedError } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { checkedInput } from './checked-input.js';

const schema = z.strictObject({
  name: z.string(),
  inner: z.strictObject({ size: z.int().min(1) }).optional(),
});

function rejection(input: unknown): CodedError {
  try {
    checkedInput(schema, input);
  } catch (error) {
    if (error instanceof CodedError) return error as CodedError;
  }
  throw new Error('was accepted');
}

describe('checkedInput', () => {
  it('returns what passes', () => {
    expect(checkedInput(schema, { name: 'a', inner: { size: 2 } })).toEqual({
      name: 'a',
      inner: { size: 2 },
    });
  });

  it.each([
    [{}, 'name'],
    [{ name: 'a', inner: { size: 0 } }, 'inner.size'],
    [{ name: 'a', inner: { size: 1, extra: true } }, 'inner.extra'],
    [{ name: 'a', other: 1 }, 'other'],
  ])('names the field of %j', (input, field) => {
    const error = rejection(input);
    expect(error).toMatchObject({ code: 'invalid_input', category: 'invalid_input', field });
    expect(error.message.startsWith(`${field}: `)).toBe(true);
  });

  it('speaks of the input when there is no field', () => {
    expect(rejection(null).message).toMatch(/^input: /);
  });
});
