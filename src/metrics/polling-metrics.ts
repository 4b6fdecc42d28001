import { Injectable } from '@nestjs/common';
import { AppMetrics } from 'penstock/metrics';
import { PollScheduler } from 'penstock/polling';

/** Shows whether this process is fast enough for all that it polls. Read at each scrape. */
@Injectable()
export class PollingMetrics {
  constructor(metrics: AppMetrics, scheduler: PollScheduler) {
    metrics.gauge({
      name: 'penstock_polling_stretch',
      help: 'How many times longer pauses between polls are than planned, because this process begins them late; 1 while it does not.',
      collect: (gauge) => {
        gauge.set(scheduler.stats().stretch);
      },
    });
  }
}
