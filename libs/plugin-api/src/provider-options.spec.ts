import { describe, expect, it } from 'vitest';

import { resolveProviderOptions } from './provider-options.js';

const model = (id: string) => ({
  id,
  kind: 'video',
  ownedBy: 'acme',
  createdAt: 0,
  parameters: {},
  acceptsInputReference: false,
});
const DEFAULTS = { baseUrl: 'https://acme.test/v1', models: [model('a')] };

describe('resolveProviderOptions', () => {
  it('fills in what is left out', () => {
    expect(resolveProviderOptions({}, DEFAULTS)).toEqual(DEFAULTS);
    const models = [model('b'), model('c')];
    expect(resolveProviderOptions({ models }, DEFAULTS)).toEqual({ ...DEFAULTS, models });
    const baseUrl = 'http://127.0.0.1:1';
    expect(resolveProviderOptions({ baseUrl }, DEFAULTS)).toEqual({ ...DEFAULTS, baseUrl });
  });

  it.each(['', 'acme.test', 'ftp://acme.test', 'https://', 'https:///v1', 'https://acme.test/'])(
    'refuses the base URL %j',
    (baseUrl) => {
      expect(() => resolveProviderOptions({ baseUrl }, DEFAULTS)).toThrow(JSON.stringify(baseUrl));
    },
  );

  it('refuses no models, and one twice', () => {
    expect(() => resolveProviderOptions({ models: [] }, DEFAULTS)).toThrow('at least one');
    const models = [model('a'), model('b'), model('a')];
    expect(() => resolveProviderOptions({ models }, DEFAULTS)).toThrow('"a" twice');
  });
});
