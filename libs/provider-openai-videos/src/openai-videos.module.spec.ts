import { Test } from '@nestjs/testing';
import { PluginHostModule, ProviderRegistry } from 'penstock/plugin-host';
import { expect, it } from 'vitest';

import { OpenAiVideosModule, type OpenAiVideosOptions } from './index.js';

async function entryWith(options?: OpenAiVideosOptions) {
  const app = await Test.createTestingModule({
    imports: [PluginHostModule, OpenAiVideosModule.forRoot(options)],
  }).compile();
  await app.init();
  const entry = app.get(ProviderRegistry).get('openai-videos');
  await app.close();
  return entry;
}

it('is found by the host with everything it can do', async () => {
  const { manifest, capabilities } = await entryWith();

  expect(manifest).toMatchObject({
    name: 'openai-videos',
    baseUrl: 'https://api.openai.com/v1',
    kinds: ['video'],
  });
  expect(manifest.models).toHaveLength(5);
  expect([...capabilities].sort()).toEqual(['cancel', 'download', 'pollMany', 'reconcile', 'remix']);
});

it('offers the models of the options instead', async () => {
  const baseUrl = 'https://gateway.test/v1';
  const { manifest } = await entryWith({ baseUrl, models: [{ id: 'veo-3' }] });

  expect(manifest.baseUrl).toBe(baseUrl);
  expect(manifest.models.map(({ id }) => id)).toEqual(['veo-3']);
  expect((await entryWith()).manifest.models).toHaveLength(5);
});

it('refuses wrong options', () => {
  expect(() => OpenAiVideosModule.forRoot({ models: [] })).toThrow(RangeError);
});
