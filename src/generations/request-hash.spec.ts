import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { StoredReference } from './generation.entity.js';
import { hashRequest, type HashedRequest } from './request-hash.js';

const request: HashedRequest = {
  kind: 'video',
  model: 'sora-2',
  provider: null,
  prompt: 'a cat',
  parameters: { size: '720x1280', seconds: '4' },
  reference: null,
  remixOf: null,
  webhookUrl: null,
  priority: null,
  metadata: { a: '1' },
};

const file: StoredReference = {
  type: 'file',
  path: 'x',
  filename: 'a.png',
  contentType: 'image/png',
  bytes: 3,
  sha256: 'ab',
};

describe('hashRequest', () => {
  it('does not depend on the order of fields', () => {
    const turned = { ...request, parameters: { seconds: '4', size: '720x1280' } };
    expect(hashRequest(turned)).toBe(hashRequest(request));
  });

  it.each([
    { kind: 'image' },
    { model: 'sora-2-pro' },
    { provider: 'openai-videos' },
    { prompt: 'a dog' },
    { parameters: { size: '720x1280', seconds: '8' } },
    { reference: file },
    { remixOf: 'video_1' },
    { metadata: {} },
    { webhookUrl: 'https://client.example' },
    { priority: 'low' },
  ] satisfies Partial<HashedRequest>[])('differs for %j', (change) => {
    expect(hashRequest({ ...request, ...change })).not.toBe(hashRequest(request));
  });

  it('is the one that a request had before there were webhooks and priorities', () => {
    expect(hashRequest(request)).toBe('64d2bc00df585417bf2cb45c6ba436507200cd5105788b2f3bb1fab7cb8e5d6a');
    const told = hashRequest({ ...request, webhookUrl: 'low' });
    expect(told).not.toBe(hashRequest({ ...request, priority: 'low' }));
  });

  it('looks at the content of a file, not at where it is kept', () => {
    const of = (reference: StoredReference): string => hashRequest({ ...request, reference });
    expect(of({ ...file, path: 'elsewhere', filename: 'b.png' })).toBe(of(file));
    expect(of({ ...file, sha256: 'cd' })).not.toBe(of(file));
  });

  it('keeps apart what only looks alike when it is put together', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (prompt, model) => {
        fc.pre(prompt !== model);
        const one = hashRequest({ ...request, prompt, model });
        const other = hashRequest({ ...request, prompt: model, model: prompt });
        expect(one).not.toBe(other);
      }),
    );
  });
});
