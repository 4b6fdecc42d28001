import { ConfigurableModuleBuilder, type ModuleMetadata, type Type } from '@nestjs/common';

import type { BalancerOptions } from './balancer.options.js';
import { BalancingStrategy } from './ports/balancing-strategy.js';
import { LeaseStore } from './ports/lease-store.js';
import { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';
import { PowerOfTwoChoices } from './strategies/power-of-two-choices.js';

/** What the module's definition takes besides the options. */
export interface BalancerModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export `TokenCache`, and what the strategy and the store inject, unless global ones do. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** @defaultValue PowerOfTwoChoices */
  readonly strategy?: Type<BalancingStrategy>;
  /** @defaultValue InMemoryLeaseStore */
  readonly leaseStore?: Type<LeaseStore>;
}

const defaults = {
  isGlobal: false,
  imports: [],
  strategy: PowerOfTwoChoices,
  leaseStore: InMemoryLeaseStore,
} satisfies BalancerModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<BalancerOptions>({ moduleName: 'Balancer' })
    .setClassMethodName('forRoot')
    .setExtras<BalancerModuleExtras>(defaults, (definition, extras) => {
      const { isGlobal, imports, strategy, leaseStore } = { ...defaults, ...extras };
      return {
        ...definition,
        global: isGlobal,
        imports: [...(definition.imports ?? []), ...imports],
        providers: [
          ...(definition.providers ?? []),
          { provide: BalancingStrategy, useClass: strategy },
          { provide: LeaseStore, useClass: leaseStore },
        ],
      };
    })
    .build();
