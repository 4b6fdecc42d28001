import { ModelCatalog } from '../generations/model-catalog.js';
import { ProviderPlugin } from 'penstock/plugin-api';
import { registryOf, StubProvider, stubManifest, stubModel } from 'penstock/plugin-host/testing';
import { describe, expect, it } from 'vitest';

import { modelListSchema } from './model.schemas.js';
import { ModelsController } from './models.controller.js';

const parameters = {
  size: { description: 'width and height', values: ['1x1', '2x2'], default: '1x1' },
  style: { description: 'any text' },
};

@ProviderPlugin(
  stubManifest({
    kinds: ['video', 'image'],
    models: [stubModel({ id: 'one', parameters }), stubModel({ id: 'two', kind: 'image' })],
  }),
)
class Both extends StubProvider {}

describe('ModelsController', () => {
  const controller = new ModelsController(new ModelCatalog(registryOf(new Both())));

  it('lists every model with its parameters', () => {
    const list = controller.list();
    expect(modelListSchema.parse(list)).toEqual(list);
    expect(list.data.map(({ id, kind }) => [id, kind])).toEqual([
      ['one', 'video'],
      ['two', 'image'],
    ]);
    expect(list.data[0]).toEqual({
      id: 'one',
      object: 'model',
      created: 1_767_225_600,
      owned_by: 'test',
      kind: 'video',
      accepts_input_reference: false,
      parameters: {
        size: { description: 'width and height', values: ['1x1', '2x2'], default: '1x1' },
        style: { description: 'any text', values: null, default: null },
      },
    });
  });

  it('reads one, and names those there are when there is no such', () => {
    expect(controller.read('two').kind).toBe('image');
    expect(() => controller.read('three')).toThrow('There is no model "three". Models here: one, two.');
  });
});
