import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { AdmissionQueue } from './admission/admission-queue.js';
import { Balancer } from './balancer.js';
import { ConfigurableModuleClass } from './balancer.module-definition.js';
import { ModelStrategies } from './model-strategies.js';
import { StrategySource } from './ports/strategy-source.js';
import { LeastInFlight } from './strategies/least-in-flight.js';
import { PowerOfTwoChoices } from './strategies/power-of-two-choices.js';
import { QuotaAware } from './strategies/quota-aware.js';
import { RandomChoice } from './strategies/random-choice.js';
import { RoundRobin } from './strategies/round-robin.js';
import { Weighted } from './strategies/weighted.js';
import { StrategyExplorer } from './strategy-explorer.js';

const STRATEGIES = [LeastInFlight, PowerOfTwoChoices, QuotaAware, RandomChoice, RoundRobin, Weighted];

/**
 * Offers {@link Balancer} and {@link AdmissionQueue}. Needs `TokenCache` from a global module or from one in `imports`;
 * a `Clock`, a `Random` and a `WaitObserver` are taken from there too where they exist. Every `@BalancingStrategyPlugin`
 * of the application can be chosen by its name.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    Balancer,
    AdmissionQueue,
    ModelStrategies,
    { provide: StrategySource, useClass: StrategyExplorer },
    ...STRATEGIES,
  ],
  exports: [Balancer, AdmissionQueue],
})
export class BalancerModule extends ConfigurableModuleClass {}
