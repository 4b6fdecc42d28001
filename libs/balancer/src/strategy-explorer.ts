import 'reflect-metadata';

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { BalancerError } from './balancer.errors.js';
import { BalancingStrategyPlugin } from './balancing-strategy.decorator.js';
import type { BalancingStrategy } from './ports/balancing-strategy.js';
import type { StrategySource } from './ports/strategy-source.js';

/** Finds the decorated strategies of the application, in whichever module they are. */
@Injectable()
export class StrategyExplorer implements StrategySource {
  constructor(private readonly discovery: DiscoveryService) {}

  strategies(): ReadonlyMap<string, BalancingStrategy> {
    const found = new Map<string, BalancingStrategy>();
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      if (wrapper.isAlias || !isStrategy(instance)) continue;
      const name: unknown = Reflect.getMetadata(BalancingStrategyPlugin.KEY, instance.constructor);
      if (typeof name !== 'string') continue;
      const other = found.get(name);
      if (other !== undefined && other !== instance)
        throw BalancerError.duplicateStrategy(name, other, instance);
      found.set(name, instance);
    }
    return found;
  }
}

/** By its shape: a plugin may extend another copy of the class. */
function isStrategy(instance: unknown): instance is BalancingStrategy {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'createSelection' in instance &&
    typeof instance.createSelection === 'function'
  );
}
