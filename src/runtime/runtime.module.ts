import { Global, Module } from '@nestjs/common';
import { Clock, Random, SystemClock, SystemRandom } from 'penstock/kernel';

/** The machine: its clocks and its randomness. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: Random, useClass: SystemRandom },
  ],
  exports: [Clock, Random],
})
export class RuntimeModule {}
