import { expect, it } from 'vitest';

import { Generation } from '../generation.entity.js';
import { pollTraitsOf } from './poll-traits.js';

const aGeneration = (provider: string | null, parameters: Readonly<Record<string, string>>): Generation =>
  Object.assign(new Generation(), {
    kind: 'video',
    model: 'sora-2',
    provider,
    input: { prompt: 'a cat', parameters, reference: null },
  });

it.each([
  [{}, {}],
  [{ seconds: '8' }, { duration: '8' }],
  [
    { size: '720x1280', duration: '5s', style: 'x' },
    { size: '720x1280', duration: '5s' },
  ],
])('takes from %j what a duration may depend on', (parameters, traits) => {
  const known = { kind: 'video', model: 'sora-2' };
  expect(pollTraitsOf(aGeneration(null, parameters))).toEqual({ ...known, ...traits });
  expect(pollTraitsOf(aGeneration('acme', parameters))).toEqual({ ...known, ...traits, provider: 'acme' });
});
