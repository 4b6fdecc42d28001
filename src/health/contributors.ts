import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { ContributesHealth, type HealthContributor } from './health-contributor.js';

/** Finds the providers that are marked with `@ContributesHealth`. */
@Injectable()
export class Contributors implements OnModuleInit {
  readonly #found = new Map<string, HealthContributor>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error when a contributor has no `check`, or two have one name */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: ContributesHealth.KEY })) {
      const name = this.discovery.getMetadataByDecorator(ContributesHealth, wrapper);
      const instance: unknown = wrapper.instance;
      if (name === undefined || this.#found.get(name) === instance) continue;
      this.#add(name, instance);
    }
  }

  all(): ReadonlyMap<string, HealthContributor> {
    return this.#found;
  }

  #add(name: string, instance: unknown): void {
    if (!isContributor(instance)) {
      throw new Error(`The health contributor "${name}" has no method check(): implement HealthContributor.`);
    }
    if (this.#found.has(name)) {
      throw new Error(`Two health contributors are named "${name}". Rename one of them.`);
    }
    this.#found.set(name, instance);
  }
}

function isContributor(value: unknown): value is HealthContributor {
  return typeof value === 'object' && value !== null && 'check' in value && typeof value.check === 'function';
}
