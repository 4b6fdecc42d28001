import { Module } from '@nestjs/common';

import { Contracts } from './contracts.js';
import { FlatRateFirst } from './flat-rate-first.strategy.js';

/** Name this module in `PENSTOCK_PLUGINS`, or import it next to Penstock's own. */
@Module({ providers: [Contracts, FlatRateFirst] })
export class FlatRateModule {}
