import {
  Balancer,
  type BalancerLimits,
  type BalancingStrategy,
  ClearEdges,
  type EdgeView,
  InMemoryLeaseStore,
  type LeaseStore,
  ModelStrategies,
  PowerOfTwoChoices,
} from 'penstock/balancer';
import type { Clock } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import type { TokenCache } from 'penstock/token-cache';

/** What a balancer is made of. */
export interface BalancerParts {
  readonly cache: TokenCache;
  readonly clock: Clock;
  /** @defaultValue an empty one in memory */
  readonly store?: LeaseStore;
  /** The only one. @defaultValue power of two choices with a fixed seed */
  readonly strategy?: BalancingStrategy;
  /** @defaultValue all clear */
  readonly edges?: EdgeView;
  /** @defaultValue none */
  readonly limits?: BalancerLimits;
  /** @defaultValue the balancer's */
  readonly sliceSize?: number;
}

/** A balancer without Nest, ready for use. */
export function aBalancer({
  cache,
  clock,
  store,
  strategy,
  edges,
  limits = {},
  sliceSize,
}: BalancerParts): Balancer {
  const only = strategy ?? new PowerOfTwoChoices(new SeededRandom(1));
  const slices = sliceSize === undefined ? {} : { sliceSize };
  const options = { strategies: { default: 'the only one' }, limits, ...slices };
  const strategies = new ModelStrategies({ strategies: () => new Map([['the only one', only]]) }, options);
  strategies.onModuleInit();
  const leases = store ?? new InMemoryLeaseStore(clock);
  return new Balancer(cache, leases, strategies, options, clock, edges ?? new ClearEdges());
}
