import { describe, expect, it } from 'vitest';

import { resolveOpenAiVideosOptions } from './openai-videos.options.js';

describe('by default', () => {
  const { baseUrl, models } = resolveOpenAiVideosOptions();

  it('it is OpenAI with its Sora models', () => {
    expect(baseUrl).toBe('https://api.openai.com/v1');
    expect(models.map(({ id }) => id)).toEqual([
      'sora-2',
      'sora-2-pro',
      'sora-2-2025-10-06',
      'sora-2-pro-2025-10-06',
      'sora-2-2025-12-08',
    ]);
  });

  it.each(models)('$id has the sizes and seconds of the API, and takes a reference image', (model) => {
    expect(model).toMatchObject({ kind: 'video', ownedBy: 'openai', acceptsInputReference: true });
    expect(model.parameters['size']).toMatchObject({
      values: ['720x1280', '1280x720', '1024x1792', '1792x1024'],
      default: '720x1280',
    });
    expect(model.parameters['seconds']).toMatchObject({ values: ['4', '8', '12'], default: '4' });
    expect(new Date(model.createdAt * 1000).getUTCFullYear()).toBe(2025);
  });
});

it('takes the models of a gateway, each described as far as it differs', () => {
  const parameters = { quality: { description: 'How good.', values: ['hd'] } };
  const { models } = resolveOpenAiVideosOptions({
    models: [{ id: 'veo', ownedBy: 'google', parameters }, { id: 'plain' }],
  });

  expect(models[0]).toEqual({
    id: 'veo',
    kind: 'video',
    ownedBy: 'google',
    createdAt: 0,
    parameters,
    acceptsInputReference: true,
  });
  expect(Object.keys(models[1]?.parameters ?? {})).toEqual(['size', 'seconds']);
});

it.each(['api.test', 'ftp://api.test', 'https://', 'https://api.test/', ''])(
  'refuses the base URL %j',
  (baseUrl) => {
    expect(() => resolveOpenAiVideosOptions({ baseUrl })).toThrow(
      new RangeError(
        `baseUrl must be an http(s) URL without a trailing slash, got ${JSON.stringify(baseUrl)}`,
      ),
    );
  },
);

it('refuses no models, and a model given twice', () => {
  expect(() => resolveOpenAiVideosOptions({ models: [] })).toThrow(
    'models must name at least one model, got none',
  );
  expect(() => resolveOpenAiVideosOptions({ models: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] })).toThrow(
    'models must have different ids, got "a" twice',
  );
});
