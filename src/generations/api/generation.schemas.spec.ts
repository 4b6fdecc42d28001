import { describe, expect, it } from 'vitest';

import {
  assetIndexSchema,
  createGenerationSchema,
  listGenerationsSchema,
  waitSchema,
} from './generation.schemas.js';

const BODY = { model: 'sora-2', input: { prompt: 'a cat' } };

describe('the body of a generation', () => {
  it('needs a model and a prompt, and takes parameters as texts', () => {
    expect(createGenerationSchema.parse(BODY)).toEqual({ ...BODY, metadata: {} });
    const input = { prompt: 'a cat', seconds: 8, size: '1x1' };
    expect(createGenerationSchema.parse({ ...BODY, input }).input).toEqual({ ...input, seconds: '8' });
  });

  it.each([
    [{}, 'model'],
    [{ ...BODY, model: '' }, 'model'],
    [{ ...BODY, input: { prompt: '' } }, 'input.prompt'],
    [{ ...BODY, input: { prompt: 'x'.repeat(32_001) } }, 'input.prompt'],
    [{ ...BODY, input: { prompt: 'a', seconds: { a: 1 } } }, 'input.seconds'],
    [{ ...BODY, input: { prompt: 'a', style: 'x'.repeat(1_001) } }, 'input.style'],
    [{ ...BODY, metadata: { a: 1 } }, 'metadata.a'],
    [{ ...BODY, metadata: { a: 'x'.repeat(513) } }, 'metadata.a'],
    [{ ...BODY, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [n, ''])) }, 'metadata'],
    [{ ...BODY, kind: '' }, 'kind'],
    [{ ...BODY, extra: 1 }, ''],
  ])('refuses %.60j at %s', (body, path) => {
    const paths = createGenerationSchema.safeParse(body).error?.issues.map((issue) => issue.path.join('.'));
    expect(paths).toContain(path);
  });
});

describe('a reference', () => {
  const withReference = (inputReference: object) =>
    createGenerationSchema.safeParse({ ...BODY, input: { prompt: 'a', inputReference } });

  it.each([{ imageUrl: 'https://a.test' }, { imageUrl: 'data:image/png;base64,' }, { fileId: 'f' }])(
    'may be %j',
    (reference) => {
      expect(withReference(reference).data?.input.inputReference).toEqual(reference);
    },
  );

  it.each([
    {},
    { imageUrl: 'https://a.test', fileId: 'f' },
    { imageUrl: 'file:///etc/passwd' },
    { fileId: '' },
  ])('may not be %j', (reference) => {
    expect(withReference(reference).error?.issues[0]?.path.slice(0, 2)).toEqual(['input', 'inputReference']);
  });
});

describe('queries', () => {
  it('have defaults', () => {
    expect(waitSchema.parse({})).toEqual({ wait: 0 });
    expect(listGenerationsSchema.parse({})).toEqual({ order: 'desc', limit: 20 });
  });

  it.each(['0', '7', '60'])('take a wait of %s s', (wait) => {
    expect(waitSchema.parse({ wait })).toEqual({ wait: Number(wait) });
  });

  it.each(['61', '-1', '1.5', '', 'x', '100'])('take no wait of %j s', (wait) => {
    expect(() => waitSchema.parse({ wait })).toThrow('expected seconds from 0 to 60');
  });

  it.each(['', '-1', 'x', '1000'])('take no asset %j', (index) => {
    expect(() => assetIndexSchema.parse(index)).toThrow('expected the index of an asset');
  });
});
