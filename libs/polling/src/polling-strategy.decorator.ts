import { DiscoveryService } from '@nestjs/core';

/**
 * Marks a provider of any module as a polling strategy and names it: `PollingModule.forRoot({ strategy: name })` then
 * chooses it. It extends `PollingStrategy` and is a singleton.
 */
export const PollingStrategyPlugin = DiscoveryService.createDecorator<string>();
