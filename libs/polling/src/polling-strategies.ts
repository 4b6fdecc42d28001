import { Inject, Injectable, Optional } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Clock, SystemClock } from 'penstock/kernel';

import { MODULE_OPTIONS_TOKEN } from './polling.module-definition.js';
import type { PollingOptions } from './polling.options.js';
import { PollingStrategyPlugin } from './polling-strategy.decorator.js';
import { PollingStrategy } from './ports/polling-strategy.js';
import { PredictiveStrategy } from './strategies/predictive/predictive-strategy.js';
import { StagesStrategy } from './strategies/stages-strategy.js';

const DEFAULT_STRATEGY = 'predictive';

/**
 * The polling strategies by name: `stages`, `predictive` and every provider with `@PollingStrategyPlugin`. Those are
 * looked up when they are first asked for, once all modules are there.
 */
@Injectable()
export class PollingStrategies {
  /** Those that need not be looked up. */
  readonly #given: Map<string, PollingStrategy>;
  #all: ReadonlyMap<string, PollingStrategy> | undefined;
  #current: PollingStrategy | undefined;
  #currentName: string;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(MODULE_OPTIONS_TOKEN) { strategy = DEFAULT_STRATEGY }: PollingOptions,
    @Optional() clock: Clock = new SystemClock(),
  ) {
    this.#given = new Map<string, PollingStrategy>([
      ['stages', new StagesStrategy()],
      [DEFAULT_STRATEGY, new PredictiveStrategy({}, clock)],
    ]);
    this.#currentName = typeof strategy === 'string' ? strategy : strategy.constructor.name;
    if (typeof strategy !== 'string') this.#given.set(this.#currentName, strategy);
  }

  /**
   * The one in use.
   *
   * @throws RangeError when the options name one that is not there
   */
  get current(): PollingStrategy {
    return (this.#current ??= this.#named(this.currentName));
  }

  /** The name of the one in use. */
  get currentName(): string {
    return this.#currentName;
  }

  /** Every strategy by its name; one that was given as an object has the name of its class. */
  get all(): ReadonlyMap<string, PollingStrategy> {
    return (this.#all ??= this.#collect());
  }

  /**
   * Chooses the strategy for all decisions from now on.
   *
   * @throws RangeError naming those that there are
   */
  use(name: string): void {
    this.#current = this.#named(name);
    this.#currentName = name;
  }

  #named(name: string): PollingStrategy {
    const strategy = this.all.get(name);
    if (strategy !== undefined) return strategy;
    const names = [...this.all.keys()].sort().join(', ');
    throw new RangeError(`There is no polling strategy "${name}". There are: ${names}.`);
  }

  #collect(): ReadonlyMap<string, PollingStrategy> {
    const all = new Map(this.#given);
    for (const { instance } of this.discovery.getProviders()) {
      const name = nameOf(instance);
      if (name === undefined) continue;
      if (!(instance instanceof PollingStrategy)) {
        throw new TypeError(`The polling strategy "${name}" does not extend PollingStrategy.`);
      }
      const other = all.get(name);
      if (other !== undefined && other !== instance) {
        const classes = `${other.constructor.name} and ${instance.constructor.name}`;
        throw new RangeError(`Two polling strategies are named "${name}": ${classes}. Rename one.`);
      }
      all.set(name, instance);
    }
    return all;
  }
}

function nameOf(instance: unknown): string | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const name: unknown = Reflect.getMetadata(PollingStrategyPlugin.KEY, instance.constructor);
  return typeof name === 'string' ? name : undefined;
}
