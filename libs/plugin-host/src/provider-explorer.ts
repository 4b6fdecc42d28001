import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import type { FoundProvider, ProviderSource } from './found-provider.js';
import { ProviderMetadataAccessor } from './provider-metadata.accessor.js';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Finds the decorated providers of the application, whether they come by class, factory or value. */
@Injectable()
export class ProviderExplorer implements ProviderSource {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly accessor: ProviderMetadataAccessor,
  ) {}

  explore(): readonly FoundProvider[] {
    return this.discovery
      .getProviders()
      .filter((wrapper) => !wrapper.isAlias)
      .flatMap((wrapper) => this.#inspect(wrapper));
  }

  #inspect(wrapper: InstanceWrapper): readonly FoundProvider[] {
    const instance: unknown = wrapper.instance;
    const manifest = this.accessor.manifestOf(instance);
    if (manifest === undefined || typeof instance !== 'object' || instance === null) return [];
    return [
      {
        manifest,
        instance,
        className: instance.constructor.name,
        module: wrapper.host?.name ?? 'unknown',
        isSingleton: wrapper.isDependencyTreeStatic() && !wrapper.isTransient,
      },
    ];
  }
}
