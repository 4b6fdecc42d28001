import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { BalancerError } from './balancer.errors.js';
import { MODULE_OPTIONS_TOKEN } from './balancer.module-definition.js';
import { type BalancerOptions, resolveStrategyOptions, type StrategyOptions } from './balancer.options.js';
import type { BalancingStrategy } from './ports/balancing-strategy.js';
import { StrategySource } from './ports/strategy-source.js';

/** Which strategy decides for which model. */
@Injectable()
export class ModelStrategies implements OnModuleInit {
  #known: ReadonlyMap<string, BalancingStrategy> | undefined;
  #models: ReadonlyMap<string, BalancingStrategy> = new Map();
  #default: BalancingStrategy | undefined;

  constructor(
    private readonly source: StrategySource,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: BalancerOptions = {},
  ) {}

  /** @throws BalancerError `unknown_strategy`, `duplicate_strategy` */
  onModuleInit(): void {
    this.configure(this.options.strategies);
  }

  /** The names that may be chosen, in order; known as soon as every provider of the application is made. */
  get names(): readonly string[] {
    return [...this.#strategies.keys()].sort();
  }

  /**
   * Takes over a choice as a whole, or leaves everything as it was.
   *
   * @throws BalancerError `unknown_strategy`, naming those that there are
   */
  configure(options?: StrategyOptions): void {
    const { default: standard, models } = resolveStrategyOptions(options);
    const chosen = this.#find(standard);
    const entries = Object.entries(models).map(([model, name]) => [model, this.#find(name)] as const);
    this.#default = chosen;
    this.#models = new Map(entries);
  }

  of(model: string): BalancingStrategy {
    const strategy = this.#models.get(model) ?? this.#default;
    if (strategy === undefined)
      throw new Error('Strategies were asked for before the module was initialised.');
    return strategy;
  }

  #find(name: string): BalancingStrategy {
    const strategy = this.#strategies.get(name);
    if (strategy === undefined) throw BalancerError.unknownStrategy(name, this.names);
    return strategy;
  }

  get #strategies(): ReadonlyMap<string, BalancingStrategy> {
    return (this.#known ??= this.source.strategies());
  }
}
