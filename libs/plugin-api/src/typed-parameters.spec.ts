import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ProviderError } from './provider-failure.js';
import { typedParameters } from './typed-parameters.js';

const TYPES = { seed: 'integer', scale: 'number', audio: 'boolean' } as const;

describe('typedParameters', () => {
  it('reads what has a type and leaves the rest as it is', () => {
    const parameters = { seed: '-7', scale: '0.25', audio: 'false', style: '12', constructor: 'x' };
    expect(typedParameters(parameters, TYPES)).toEqual({
      seed: -7,
      scale: 0.25,
      audio: false,
      style: '12',
      constructor: 'x',
    });
  });

  it.each([
    ['seed', '1.5', 'an integer'],
    ['seed', '', 'an integer'],
    ['seed', '1e3', 'an integer'],
    ['scale', 'Infinity', 'a number'],
    ['scale', '.5', 'a number'],
    ['audio', 'yes', 'true or false'],
  ])('refuses %s of %j', (name, text, expected) => {
    const read = () => typedParameters({ [name]: text }, TYPES);
    expect(read).toThrow(`${name}: got ${JSON.stringify(text)}, expected ${expected}.`);
    expect(read).toThrow(expect.objectContaining({ failure: { kind: 'invalid_request', param: name } }));
  });

  it('gives back any integer that JSON can carry', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(typedParameters({ seed: String(seed) }, TYPES)).toEqual({ seed });
      }),
    );
  });

  it('gives a finite number or refuses, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (scale) => {
        try {
          expect(typedParameters({ scale }, TYPES)['scale']).toSatisfy(Number.isFinite);
        } catch (error) {
          expect(error).toBeInstanceOf(ProviderError);
        }
      }),
    );
  });
});
