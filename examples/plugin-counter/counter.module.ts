import { Module } from '@nestjs/common';

import { CounterProvider } from './counter.provider.js';

/** Name this module in `PENSTOCK_PLUGINS`, or import it next to Penstock's own. */
@Module({ providers: [CounterProvider] })
export class CounterModule {}
