import { Global, Module } from '@nestjs/common';
import { Clock, Random, SystemClock, SystemRandom } from 'penstock/kernel';

import { Persistence } from './persistence.js';

/** The machine: its clocks and its randomness; and patience with its disk. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: Random, useClass: SystemRandom },
    Persistence,
  ],
  exports: [Clock, Random, Persistence],
})
export class RuntimeModule {}
