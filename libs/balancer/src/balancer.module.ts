import { Module } from '@nestjs/common';

import { AdmissionQueue } from './admission/admission-queue.js';
import { Balancer } from './balancer.js';
import { ConfigurableModuleClass } from './balancer.module-definition.js';

/**
 * Offers {@link Balancer} and {@link AdmissionQueue}. Needs `TokenCache` from a global module or from one in `imports`;
 * a `Clock`, a `Random` and a `WaitObserver` are taken from there too where they exist.
 */
@Module({ providers: [Balancer, AdmissionQueue], exports: [Balancer, AdmissionQueue] })
export class BalancerModule extends ConfigurableModuleClass {}
