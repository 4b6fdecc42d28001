import type { BalancingStrategy } from './balancing-strategy.js';

/** Port: the strategies there are. */
export abstract class StrategySource {
  /**
   * All of them by name.
   *
   * @throws BalancerError `duplicate_strategy`
   */
  abstract strategies(): ReadonlyMap<string, BalancingStrategy>;
}
