import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { stubManifest, stubModel } from '../testing/index.js';
import { manifestProblems } from './check-manifest.js';

describe('manifestProblems', () => {
  it('has nothing to say of a sound manifest', () => {
    expect(manifestProblems(stubManifest())).toEqual([]);
    expect(
      manifestProblems(stubManifest({ name: 'openai-videos-2', baseUrl: 'http://localhost:8080/v1' })),
    ).toEqual([]);
  });

  it.each(['', 'Acme', 'acme_videos', '-acme', 'acme-', 'a--b', 'acme videos', 7, undefined])(
    'refuses the name %j',
    (name) => {
      const got = name === undefined ? 'nothing' : JSON.stringify(name);
      expect(manifestProblems({ ...stubManifest(), name })).toEqual([
        `name must be lower-case letters, digits and single hyphens, such as "openai-videos"; got ${got}.`,
      ]);
    },
  );

  it.each([0, 2, '1', undefined])('refuses apiVersion %j', (apiVersion) => {
    const [problem] = manifestProblems({ ...stubManifest(), apiVersion });
    expect(problem).toMatch(/^apiVersion must be 1, got .* Use a version of the plugin/);
  });

  it.each(['hmac', true, null])('refuses %j as what proves callbacks', (callbacks) => {
    expect(manifestProblems({ ...stubManifest(), callbacks })).toEqual([
      `callbacks must be "signed" or "unsigned", or left out for "signed"; got ${JSON.stringify(callbacks)}.`,
    ]);
    expect(manifestProblems(stubManifest({ callbacks: 'unsigned' }))).toEqual([]);
  });

  it.each([0, 1.5, 3_600_001, '60', null])('refuses %j ms for a submission', (submitTimeoutMs) => {
    expect(manifestProblems({ ...stubManifest(), submitTimeoutMs })).toEqual([
      `submitTimeoutMs must be an integer from 1 to 3600000, or left out for the setting; got ${JSON.stringify(submitTimeoutMs)}.`,
    ]);
    expect(manifestProblems({ ...stubManifest(), submitTimeoutMs: 300_000 })).toEqual([]);
  });

  it.each([0, 1.5, -1, '60', null])('refuses %j polls a minute', (pollsPerMinute) => {
    expect(manifestProblems({ ...stubManifest(), pollsPerMinute })).toEqual([
      `pollsPerMinute must be an integer of at least 1, or left out for any number; got ${JSON.stringify(pollsPerMinute)}.`,
    ]);
    expect(manifestProblems(stubManifest({ pollsPerMinute: 60 }))).toEqual([]);
  });

  it.each([undefined, [], 'video', {}])('refuses kinds %j', (kinds) => {
    expect(manifestProblems({ ...stubManifest(), kinds })).toContainEqual(
      expect.stringContaining('kinds must list at least one kind, such as "video"; got'),
    );
  });

  it('refuses a kind that is no word', () => {
    const problems = manifestProblems({ ...stubManifest(), kinds: ['video', 'Still Image'] });
    expect(problems).toEqual([
      expect.stringMatching(/^kinds\[1\] must be lower-case .* got "Still Image"\.$/),
    ]);
  });

  it.each([undefined, [], {}, 'sora'])('refuses models %j', (models) => {
    const [problem] = manifestProblems({ ...stubManifest(), models });
    expect(problem).toContain('models must list at least one model; got');
  });

  it('refuses a model of a kind that the provider does not make', () => {
    const problems = manifestProblems(stubManifest({ models: [stubModel({ kind: 'image' })] }));
    expect(problems).toEqual([
      'models[0].kind is "image", which is not among kinds ["video"]. Add it there, or mend it.',
    ]);
  });

  it('refuses two models of one id, once however many there are', () => {
    const problems = manifestProblems(stubManifest({ models: [stubModel(), stubModel(), stubModel()] }));
    expect(problems).toEqual(['models lists the id "shared" more than once. Drop or rename one.']);
  });

  it.each([
    [null, 'models[0] must be a model description; got null.'],
    [{ ...stubModel(), id: '' }, 'models[0].id must be a text; got "".'],
    [{ ...stubModel(), parameters: [] }, 'models[0].parameters must be an object; got [].'],
    [
      { ...stubModel(), parameters: { size: '720p' } },
      'models[0].parameters.size must be an object; got "720p".',
    ],
  ])('refuses the model %j', (model, problem) => {
    expect(manifestProblems({ ...stubManifest(), models: [model] })).toContain(problem);
  });

  it('refuses a default that is not among the values', () => {
    const size = { description: 'Size', values: ['small', 'large'], default: 'medium' };
    expect(manifestProblems(stubManifest({ models: [stubModel({ parameters: { size } })] }))).toEqual([
      'models[0].parameters.size.default is "medium", which is not among its values ["small","large"].',
    ]);
  });

  it.each([
    '',
    'api.example.com',
    'ftp://a.example',
    'https://a.example/',
    'https://a.example?x=1',
    'https://a/#b',
    3,
  ])('refuses the base URL %j', (baseUrl) => {
    const [problem] = manifestProblems({ ...stubManifest(), baseUrl });
    expect(problem).toBe(
      `baseUrl must be an http or https URL without query and trailing slash, such as "https://api.example.com/v1"; got ${JSON.stringify(baseUrl)}.`,
    );
  });

  it('never throws, whatever a plugin says of itself', () => {
    fc.assert(
      fc.property(fc.object(), fc.jsonValue(), (rest, models) => {
        const problems = manifestProblems({ ...rest, models });
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.every((problem) => problem.endsWith('.'))).toBe(true);
      }),
    );
  });
});
