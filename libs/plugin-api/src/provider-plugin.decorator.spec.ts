import { Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';

import type { ProviderManifest } from './manifest.js';
import { ProviderPlugin } from './provider-plugin.decorator.js';

const MANIFEST: ProviderManifest = {
  name: 'acme',
  apiVersion: 1,
  kinds: ['video'],
  models: [],
  baseUrl: 'https://acme.example',
};

class Dependency {
  readonly answer = 42;
}

@ProviderPlugin(MANIFEST)
class AcmeProvider {
  constructor(readonly dependency: Dependency) {}
}

@Module({ imports: [DiscoveryModule], providers: [Dependency, AcmeProvider] })
class AcmeModule {}

describe('ProviderPlugin', () => {
  it('makes a class injectable and its manifest discoverable', async () => {
    const app = await Test.createTestingModule({ imports: [AcmeModule] }).compile();
    expect(app.get(AcmeProvider).dependency.answer).toBe(42);
    const discovery = app.get(DiscoveryService);
    const [found, ...others] = discovery.getProviders({ metadataKey: ProviderPlugin.KEY });
    expect(others).toEqual([]);
    if (found === undefined) return expect.fail('Nothing was discovered.');
    expect(discovery.getMetadataByDecorator(ProviderPlugin, found)).toEqual(MANIFEST);
    await app.close();
  });
});
