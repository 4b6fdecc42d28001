import { Injectable } from '@nestjs/common';
import { AdmissionQueue, Balancer } from 'penstock/balancer';
import { PollScheduler } from 'penstock/polling';
import { Settings } from 'penstock/settings';
import { TokenCache } from 'penstock/token-cache';

import { balancerSettingsOf } from './balancer-section.js';
import { balancerSettings } from './balancer.settings.js';
import { pollingSettings } from './polling.settings.js';
import { tokenCacheSettings } from './token-cache.settings.js';

/** Keeps parts that hold their settings themselves at what is set, from the start on. */
@Injectable()
export class SettingsEffects {
  constructor(
    settings: Settings,
    polls: PollScheduler,
    balancer: Balancer,
    queue: AdmissionQueue,
    tokens: TokenCache,
  ) {
    settings.follow(pollingSettings, (values) => {
      polls.configure(values);
    });
    settings.follow(balancerSettings, (values) => {
      const { maxWaiting, priorityHeadStartMs, fullRetryAfterMs } = values;
      queue.configure({ maxWaiting, priorityHeadStartMs, fullRetryAfterMs });
      // It leaves alone what is as it was.
      balancer.configure(balancerSettingsOf(values));
    });
    settings.follow(tokenCacheSettings, (values) => {
      tokens.configure(values);
    });
  }
}
