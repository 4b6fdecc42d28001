import { Injectable } from '@nestjs/common';
import { AppMetrics } from 'penstock/metrics';
import { EdgeStates, SessionPool } from 'penstock/upstream';

/** Shows sessions and edges. Read at each scrape. */
@Injectable()
export class SessionMetrics {
  constructor(metrics: AppMetrics, sessions: SessionPool, edges: EdgeStates) {
    metrics.gauge({
      name: 'penstock_upstream_sessions',
      help: 'Pooled sessions to upstreams: open ones, those that close once their last request is done, and all ever opened and evicted.',
      labelNames: ['state'],
      collect: (gauge) => {
        const { open, closing, opened, evicted } = sessions.stats();
        for (const [state, value] of Object.entries({ open, closing, opened, evicted }))
          gauge.set({ state }, value);
      },
    });
    metrics.gauge({
      name: 'penstock_edges',
      help: 'Edges in front of upstreams that challenged or have a clearance, by condition.',
      labelNames: ['condition'],
      collect: (gauge) => {
        const all = edges.list();
        for (const condition of ['clear', 'half_open', 'challenged'] as const) {
          gauge.set({ condition }, all.filter((edge) => edge.condition === condition).length);
        }
      },
    });
  }
}
