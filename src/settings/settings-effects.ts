import { Injectable } from '@nestjs/common';
import { AdmissionQueue } from 'penstock/balancer';
import { PollScheduler } from 'penstock/polling';
import { Settings } from 'penstock/settings';
import { TokenCache } from 'penstock/token-cache';

import { balancerSettings } from './balancer.settings.js';
import { pollingSettings } from './polling.settings.js';
import { tokenCacheSettings } from './token-cache.settings.js';

/** Keeps parts that hold their settings themselves at what is set, from the start on. */
@Injectable()
export class SettingsEffects {
  constructor(settings: Settings, polls: PollScheduler, queue: AdmissionQueue, tokens: TokenCache) {
    settings.follow(pollingSettings, (values) => {
      polls.configure(values);
    });
    settings.follow(balancerSettings, (values) => {
      queue.configure(values);
    });
    settings.follow(tokenCacheSettings, (values) => {
      tokens.configure(values);
    });
  }
}
