import { DiscoveryService } from '@nestjs/core';

/**
 * Names a {@link BalancingStrategy}, so that settings can choose it. The class is listed in the `providers` of a module
 * of its own; its dependencies come by constructor.
 *
 * @example
 * ```ts
 * @BalancingStrategyPlugin('heaviest-first')
 * export class HeaviestFirst extends BalancingStrategy { ... }
 * ```
 */
export const BalancingStrategyPlugin = DiscoveryService.createDecorator<string>();
