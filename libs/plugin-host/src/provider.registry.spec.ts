import { type DynamicModule, Module, type OnModuleInit, Scope, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';

import { ProviderPlugin } from 'penstock/plugin-api';

import { stubManifest as manifest, stubModel, StubProvider } from '../testing/index.js';
import { PluginError } from './plugin.errors.js';
import { PluginHostModule } from './plugin-host.module.js';
import { ProviderRegistry } from './provider.registry.js';

@ProviderPlugin(manifest({ name: 'alpha' }))
class AlphaProvider extends StubProvider {
  cancel(): Promise<void> {
    return Promise.resolve();
  }
}

@Module({ providers: [AlphaProvider] })
class AlphaModule {}

@ProviderPlugin(
  manifest({
    name: 'beta',
    kinds: ['image', 'video'],
    models: [stubModel(), stubModel({ id: 'shared-image', kind: 'image' })],
  }),
)
class BetaProvider extends StubProvider {}

@Module({ providers: [BetaProvider] })
class BetaModule {}

@Module({ providers: [{ provide: 'another-name', useClass: AlphaProvider }] })
class CopyModule {}

async function start(...modules: readonly (Type | DynamicModule)[]): Promise<ProviderRegistry> {
  const testing = await Test.createTestingModule({ imports: [PluginHostModule, ...modules] }).compile();
  await testing.init();
  return testing.get(ProviderRegistry);
}

const refusal = async (...modules: readonly (Type | DynamicModule)[]): Promise<PluginError> => {
  const error: unknown = await start(...modules).catch((thrown: unknown) => thrown);
  return error instanceof PluginError ? error : expect.fail(`It started: ${String(error)}`);
};

@Module({})
class BrokenModule {}

/** A module of one provider, so that messages name both. */
function moduleOf(provider: Type<object>, scope: Scope = Scope.DEFAULT): DynamicModule {
  return { module: BrokenModule, providers: [{ provide: provider, useClass: provider, scope }] };
}

describe('ProviderRegistry', () => {
  it('knows nothing without plugins', async () => {
    const registry = await start();
    expect(registry.all()).toEqual([]);
    expect(() => registry.get('alpha')).toThrow('There is no provider "alpha". Known: none.');
  });

  it('finds a provider by its name, with its module and capabilities', async () => {
    const entry = (await start(AlphaModule, BetaModule)).get('alpha');
    expect(entry.provider).toBeInstanceOf(AlphaProvider);
    expect(entry.module).toBe('AlphaModule');
    expect([...entry.capabilities]).toEqual(['cancel']);
    expect(entry.manifest.name).toBe('alpha');
  });

  it('refuses a name that nobody has, and says which there are', async () => {
    const registry = await start(AlphaModule, BetaModule);
    expect(registry.find('gamma')).toBeUndefined();
    expect(() => registry.get('gamma')).toThrow(
      expect.objectContaining({
        code: 'unknown_provider',
        category: 'not_found',
        message: expect.stringContaining('There is no provider "gamma". Known: alpha, beta.') as string,
      }),
    );
  });

  it('lists models with the provider that offers each', async () => {
    const offers = (await start(AlphaModule, BetaModule)).models();
    expect(offers.map(({ provider, model }) => `${provider}/${model.id}`)).toEqual([
      'alpha/shared',
      'beta/shared',
      'beta/shared-image',
    ]);
  });

  it('knows who offers a model, of any kind or of one', async () => {
    const registry = await start(AlphaModule, BetaModule);
    const names = (id: string, kind?: string) =>
      registry.providersOf(id, kind).map((entry) => entry.manifest.name);
    expect(names('shared')).toEqual(['alpha', 'beta']);
    expect(names('shared', 'video')).toEqual(['alpha', 'beta']);
    expect(names('shared', 'image')).toEqual([]);
    expect(names('shared-image', 'image')).toEqual(['beta']);
    expect(names('none')).toEqual([]);
  });

  it('finds providers that come by factory, by value and as a replacement, and an alias once', async () => {
    @ProviderPlugin(manifest({ name: 'by-factory' }))
    class Made extends StubProvider {}
    @ProviderPlugin(manifest({ name: 'by-value' }))
    class Given extends StubProvider {}
    @Module({
      providers: [
        { provide: 'made', useFactory: () => new Made() },
        { provide: 'given', useValue: new Given() },
        { provide: 'alias', useExisting: 'made' },
        { provide: 'nothing', useValue: null },
        { provide: 'bare', useValue: Object.create(null) as object },
      ],
    })
    class OddModule {}
    expect((await start(OddModule)).all().map(({ manifest: { name } }) => name)).toEqual([
      'by-factory',
      'by-value',
    ]);
  });

  it('can be asked from the onModuleInit of any module', async () => {
    @Module({})
    class EagerModule implements OnModuleInit {
      names: readonly string[] = [];
      constructor(private readonly registry: ProviderRegistry) {}
      onModuleInit(): void {
        this.names = this.registry.all().map(({ manifest: { name } }) => name);
      }
    }
    Module({ imports: [PluginHostModule, AlphaModule] })(EagerModule);
    const testing = await Test.createTestingModule({ imports: [EagerModule] }).compile();
    await testing.init();
    expect(testing.get(EagerModule).names).toEqual(['alpha']);
    await testing.close();
  });
});

describe('the start is refused', () => {
  it('when two classes have one name, naming both and their modules', async () => {
    @ProviderPlugin(manifest({ name: 'alpha' }))
    class SecondProvider extends StubProvider {}
    @Module({ providers: [SecondProvider] })
    class SecondModule {}
    const error = await refusal(AlphaModule, SecondModule);
    expect(error.code).toBe('invalid_plugins');
    expect(error.message).toContain(
      'Provider "alpha" is registered by AlphaProvider (module AlphaModule) and SecondProvider (module SecondModule). ' +
        'Rename one, or drop one from the imports.',
    );
  });

  it('when one class is listed by two modules', async () => {
    const { message } = await refusal(AlphaModule, CopyModule);
    expect(message).toContain('AlphaProvider (module AlphaModule) and AlphaProvider (module CopyModule)');
  });

  it.each(['submit', 'poll', 'verify'] as const)('when %s is missing', async (name) => {
    @ProviderPlugin(manifest())
    class PartialProvider extends StubProvider {}
    Object.defineProperty(PartialProvider.prototype, name, { value: undefined });
    const { message } = await refusal(moduleOf(PartialProvider));
    expect(message).toContain(
      `PartialProvider (module BrokenModule): It has no method ${name}. Implement it`,
    );
  });

  it.each(['cancel', 'pollMany', 'parseWebhook', 'init', 'destroy'])('when %s is no method', async (name) => {
    @ProviderPlugin(manifest())
    class OddProvider extends StubProvider {}
    Object.defineProperty(OddProvider.prototype, name, { value: 'later' });
    const { message } = await refusal(moduleOf(OddProvider));
    expect(message).toContain(`OddProvider (module BrokenModule): ${name} is a string, not a method.`);
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])(
    'when there is not one instance for all (scope %s)',
    async (scope) => {
      @ProviderPlugin(manifest())
      class ScopedProvider extends StubProvider {}
      const { message } = await refusal(moduleOf(ScopedProvider, scope));
      expect(message).toContain('ScopedProvider (module BrokenModule): A provider holds no state');
    },
  );

  it('with all the problems at once', async () => {
    @ProviderPlugin(manifest({ name: 'Bad Name', kinds: [] }))
    class FirstBroken extends StubProvider {}
    @ProviderPlugin(manifest({ apiVersion: 2 }))
    class SecondBroken extends StubProvider {}
    Object.defineProperty(SecondBroken.prototype, 'submit', { value: undefined });
    const { message } = await refusal(moduleOf(FirstBroken), moduleOf(SecondBroken));
    for (const problem of ['name must be', 'kinds must', 'apiVersion must be 1, got 2', 'no method submit']) {
      expect(message).toContain(problem);
    }
  });
});
