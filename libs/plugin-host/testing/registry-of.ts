import type { Provider } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import { ProviderMetadataAccessor } from '../src/provider-metadata.accessor.js';

/** A registry of these decorated providers, without a Nest application. They are checked as at a start. */
export function registryOf(...providers: readonly Provider[]): ProviderRegistry {
  const accessor = new ProviderMetadataAccessor();
  return new ProviderRegistry({
    explore: () =>
      providers.map((instance) => ({
        manifest: accessor.manifestOf(instance) ?? {},
        instance,
        className: instance.constructor.name,
        module: 'TestModule',
        isSingleton: true,
      })),
  });
}
