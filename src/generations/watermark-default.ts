import { Inject, Injectable } from '@nestjs/common';
import type { ModelDescription } from 'penstock/plugin-api';
import { Settings } from 'penstock/settings';

import { watermarkSettings } from './watermark.settings.js';

const PARAMETER = 'watermark';

/** The operator's word on watermarks, for requests without one. */
@Injectable()
export class WatermarkDefault {
  constructor(@Inject(Settings) private readonly settings: Pick<Settings, 'get'>) {}

  /** The parameters to add to a request; none where it has its own, or the model does not take the operator's. */
  addedTo(
    parameters: Readonly<Record<string, string>>,
    model: ModelDescription,
  ): Readonly<Record<string, string>> {
    const { enabled } = this.settings.get(watermarkSettings);
    const known = Object.hasOwn(model.parameters, PARAMETER) ? model.parameters[PARAMETER] : undefined;
    if (enabled === null || known === undefined || Object.hasOwn(parameters, PARAMETER)) return {};
    const value = String(enabled);
    return known.values === undefined || known.values.includes(value) ? { [PARAMETER]: value } : {};
  }
}
