import fc from 'fast-check';
import { expect, it } from 'vitest';

import { redactorOf } from './redactor.js';

it('cuts out every occurrence, whatever characters the secret has', () => {
  expect(redactorOf('s$&k')('a s$&k b s$&k')).toBe('a [redacted] b [redacted]');
});

it('leaves a text alone when the secret is empty', () => {
  expect(redactorOf('')('nothing here')).toBe('nothing here');
});

it('cuts out each of several', () => {
  expect(redactorOf('abc', '', 'xyz')('abc and xyz')).toBe('[redacted] and [redacted]');
});

it('leaves no secret, for any text around it', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string(), fc.string(), (secret, before, after) => {
      expect(redactorOf(secret)(before + secret + after)).not.toContain(secret);
    }),
  );
});
