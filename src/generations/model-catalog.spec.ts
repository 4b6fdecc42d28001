import type { ModelDescription } from 'penstock/plugin-api';
import type { ProviderRegistry } from 'penstock/plugin-host';
import { describe, expect, it } from 'vitest';

import { ModelCatalog } from './model-catalog.js';
import { NATIVE_FIELDS, VIDEO_FIELDS } from './request-fields.js';

const model = (id: string, more: Partial<ModelDescription> = {}): ModelDescription => ({
  id,
  kind: 'video',
  ownedBy: 'acme',
  createdAt: 1,
  parameters: {
    size: { description: 'size', values: ['1x1', '2x2'], default: '1x1' },
    style: { description: 'any text' },
  },
  acceptsInputReference: false,
  ...more,
});

const offers = [
  { provider: 'acme', model: model('one') },
  { provider: 'acme', model: model('picture', { kind: 'image', acceptsInputReference: true }) },
  { provider: 'other', model: model('one') },
];

const catalog = new ModelCatalog({ models: () => offers } as Pick<
  ProviderRegistry,
  'models'
> as ProviderRegistry);
const request = { model: 'one', parameters: {}, hasReference: false, fields: VIDEO_FIELDS };

describe('ModelCatalog', () => {
  it('lists each model once', () => {
    expect(catalog.all().map(({ id }) => id)).toEqual(['one', 'picture']);
    expect(catalog.get('picture').kind).toBe('image');
  });

  it('accepts what the model describes', () => {
    expect(
      catalog.check({
        ...request,
        kind: 'video',
        provider: 'other',
        parameters: { size: '2x2', style: 'any' },
      }).id,
    ).toBe('one');
    expect(catalog.check({ ...request, model: 'picture', hasReference: true }).kind).toBe('image');
  });

  it.each([
    [{ model: 'two' }, 'model', 'There is no model "two". Models here: one, picture.'],
    [
      { kind: 'image' },
      'model',
      'There is no model "one" of kind "image". Models of that kind here: picture.',
    ],
    [
      { provider: 'nobody' },
      'model',
      'There is no model "one" by provider "nobody". Models here: one, picture.',
    ],
    [
      { parameters: { length: '4' } },
      'length',
      'length: model "one" has no such parameter. It takes: size, style.',
    ],
    [
      { parameters: { toString: '4' } },
      'toString',
      'toString: model "one" has no such parameter. It takes: size, style.',
    ],
    [{ parameters: { size: '9x9' } }, 'size', 'size: got "9x9", model "one" takes one of 1x1, 2x2.'],
    [{ hasReference: true }, 'input_reference', 'Model "one" takes no input_reference. Leave it out.'],
    [
      { parameters: { size: '9x9' }, fields: NATIVE_FIELDS },
      'input.size',
      'input.size: got "9x9", model "one" takes one of 1x1, 2x2.',
    ],
    [
      { hasReference: true, fields: NATIVE_FIELDS },
      'input.inputReference',
      'Model "one" takes no input.inputReference. Leave it out.',
    ],
  ])('refuses %j and says what would be right', (change, field, message) => {
    expect(() => catalog.check({ ...request, ...change })).toThrow(
      expect.objectContaining({ field, message }),
    );
  });
});
