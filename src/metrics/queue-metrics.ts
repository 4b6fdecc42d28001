import { Injectable } from '@nestjs/common';
import { AdmissionQueue, PRIORITIES } from 'penstock/balancer';
import { AppMetrics } from 'penstock/metrics';

/** Shows who waits for a token, by priority, and for how long. Read at each scrape. */
@Injectable()
export class QueueMetrics {
  constructor(metrics: AppMetrics, queue: AdmissionQueue) {
    metrics.gauge({
      name: 'penstock_queue_waiting',
      help: 'Generations that wait for a token, by priority.',
      labelNames: ['priority'],
      collect: (gauge) => {
        const { priorities } = queue.stats();
        for (const priority of PRIORITIES) gauge.set({ priority }, priorities[priority].waiting);
      },
    });
    metrics.gauge({
      name: 'penstock_queue_oldest_wait_seconds',
      help: 'How long the generation that entered the queue first has waited in it; 0 when none waits.',
      collect: (gauge) => {
        gauge.set(queue.stats().oldestWaitMs / 1_000);
      },
    });
  }
}
