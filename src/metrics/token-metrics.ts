import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { AppMetrics } from 'penstock/metrics';
import { TokenCache } from 'penstock/token-cache';

import { censusOf } from '../tokens/token-census.js';
import { REFRESH_OUTCOMES, TokenIncidents, type IncidentCount } from '../tokens/token-incidents.js';

/** Shows tokens by provider and state, never one by one, and how fresh those in memory are. Read at each scrape. */
@Injectable()
export class TokenMetrics {
  constructor(metrics: AppMetrics, cache: TokenCache, incidents: TokenIncidents, clock: Clock) {
    metrics.gauge({
      name: 'penstock_tokens',
      help: 'Tokens by what state they are in.',
      labelNames: ['provider', 'state'],
      collect: (gauge) => {
        gauge.reset();
        for (const [provider, census] of censusOf(cache.all(), clock.now())) {
          for (const [state, count] of Object.entries(census)) gauge.set({ provider, state }, count);
        }
      },
    });
    metrics.counter({
      name: 'penstock_token_cooldowns_total',
      help: 'Times that a token was left alone for a time, by the kind of failure.',
      labelNames: ['provider', 'reason'],
      collect: (counter) => {
        counter.reset();
        each(incidents.cooldowns(), (provider, reason, count) => {
          counter.inc({ provider, reason }, count);
        });
      },
    });
    metrics.counter({
      name: 'penstock_token_refreshes_total',
      help: 'Renewals of credentials that were tried, by outcome.',
      labelNames: ['provider', 'outcome'],
      collect: (counter) => {
        counter.reset();
        // From 0 on, or Prometheus would not see the first of them as an increase.
        for (const provider of new Set(Array.from(cache.all(), (token) => token.provider)))
          for (const outcome of REFRESH_OUTCOMES) counter.inc({ provider, outcome }, 0);
        each(incidents.refreshes(), (provider, outcome, count) => {
          counter.inc({ provider, outcome }, count);
        });
      },
    });
    metrics.gauge({
      name: 'penstock_token_cache_age_seconds',
      help: 'Time since the last successful load of all tokens began.',
      collect: (gauge) => {
        const { ageMs } = cache.health();
        if (ageMs !== null) gauge.set(ageMs / 1_000);
      },
    });
  }
}

function each(
  counts: Iterable<IncidentCount>,
  show: (provider: string, what: string, count: number) => void,
): void {
  for (const { provider, what, count } of counts) show(provider, what, count);
}
