import { Injectable } from '@nestjs/common';
import { SlowLimits } from 'penstock/metrics';
import { Settings } from 'penstock/settings';

import { slowOperationsSettings } from './slow-operations.settings.js';

/** Keeps what counts as slow at what the settings say. */
@Injectable()
export class SlowLimitsKeeper {
  constructor(settings: Settings, limits: SlowLimits) {
    settings.follow(slowOperationsSettings, (values) => {
      limits.configure(values);
    });
  }
}
