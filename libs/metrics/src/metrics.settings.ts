import { Inject, Injectable } from '@nestjs/common';

import { MODULE_OPTIONS_TOKEN } from './metrics.module-definition.js';
import {
  type MetricsOptions,
  resolveMetricsOptions,
  type ResolvedMetricsOptions,
} from './metrics.options.js';

/** The module's options, checked once. */
@Injectable()
export class MetricsSettings {
  readonly values: ResolvedMetricsOptions;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: MetricsOptions) {
    this.values = resolveMetricsOptions(options);
  }
}
