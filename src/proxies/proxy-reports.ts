import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AppMetrics } from 'penstock/metrics';
import { Settings } from 'penstock/settings';
import { type ProxySnapshot, ProxyStates } from 'penstock/upstream';

import { proxySettings } from '../providers/index.js';

/** Tells operators when a proxy is set aside and comes back, and shows how many are. */
@Injectable()
export class ProxyReports implements OnApplicationShutdown {
  readonly #logger = new Logger('proxies');

  constructor(
    private readonly proxies: ProxyStates,
    metrics: AppMetrics,
  ) {
    proxies.onChange((snapshot) => {
      this.#tell(snapshot);
    });
    metrics.gauge({
      name: 'penstock_proxies',
      help: 'Proxies that calls took, by condition; challenged means set aside.',
      labelNames: ['condition'],
      collect: (gauge) => {
        const all = proxies.list();
        for (const condition of ['clear', 'half_open', 'challenged'] as const) {
          gauge.set({ condition }, all.filter((proxy) => proxy.condition === condition).length);
        }
      },
    });
  }

  onApplicationShutdown(): void {
    this.proxies.close();
  }

  #tell({ proxy, condition, reason, nextProbeAt }: ProxySnapshot): void {
    if (condition === 'challenged') {
      const at = nextProbeAt === null ? 'later' : new Date(nextProbeAt).toISOString();
      this.#logger.warn(
        { proxy, reason },
        `The proxy ${proxy} is set aside; the next probe is made at ${at}.`,
      );
    } else if (condition === 'half_open') {
      this.#logger.log({ proxy }, `A probe of the proxy ${proxy} passed: one call goes first.`);
    } else {
      this.#logger.log({ proxy }, `The proxy ${proxy} is in use again.`);
    }
  }
}

/** The pauses between probes, as they are set now. */
export function pausesOf(settings: Settings): { probePauseMs: number; longestProbePauseMs: number } {
  const { probePauseMs, longestProbePauseMs } = settings.get(proxySettings);
  return { probePauseMs, longestProbePauseMs };
}
