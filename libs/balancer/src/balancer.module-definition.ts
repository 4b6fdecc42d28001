import { ConfigurableModuleBuilder, type ModuleMetadata, type Type } from '@nestjs/common';

import type { BalancerOptions } from './balancer.options.js';
import { LeaseStore } from './ports/lease-store.js';
import { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';

/** What the module's definition takes besides the options. */
export interface BalancerModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export `TokenCache`, and what the store injects, unless global ones do. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** @defaultValue InMemoryLeaseStore */
  readonly leaseStore?: Type<LeaseStore>;
}

const defaults = {
  isGlobal: false,
  imports: [],
  leaseStore: InMemoryLeaseStore,
} satisfies BalancerModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<BalancerOptions>({ moduleName: 'Balancer' })
    .setClassMethodName('forRoot')
    .setExtras<BalancerModuleExtras>(defaults, (definition, extras) => {
      const { isGlobal, imports, leaseStore } = { ...defaults, ...extras };
      return {
        ...definition,
        global: isGlobal,
        imports: [...(definition.imports ?? []), ...imports],
        providers: [...(definition.providers ?? []), { provide: LeaseStore, useClass: leaseStore }],
      };
    })
    .build();
