import { Injectable } from '@nestjs/common';

import { AppMetrics } from './app-metrics.js';
import { HttpExchanges } from './http-exchanges.js';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Measures every request by route pattern, those that a guard refuses or no route matches too. */
@Injectable()
export class RequestMetrics {
  constructor(metrics: AppMetrics, exchanges: HttpExchanges) {
    const durations = metrics.histogram({
      name: 'penstock_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its response.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
    });
    exchanges.onEnd(({ method, route, status, durationMs }) => {
      durations.observe({ method, route, status }, durationMs / 1_000);
    });
  }
}
