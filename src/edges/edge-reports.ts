import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { EdgeStates, type EdgeSnapshot } from 'penstock/upstream';
import { Settings } from 'penstock/settings';

import { edgeSettings } from './edge.settings.js';

/** Tells operators when an edge begins and ends to challenge, and keeps the edges at what is set. */
@Injectable()
export class EdgeReports implements OnApplicationShutdown {
  readonly #logger = new Logger('edges');
  readonly #conditions = new Map<string, EdgeSnapshot['condition']>();

  constructor(
    private readonly edges: EdgeStates,
    settings: Settings,
  ) {
    edges.onChange((snapshot, { proxyUrl }) => {
      this.#tell(snapshot, `${snapshot.origin} ${proxyUrl ?? ''}`);
    });
    settings.follow(edgeSettings, (values) => {
      edges.configure(values);
    });
  }

  onApplicationShutdown(): void {
    this.edges.close();
  }

  #tell({ origin, proxy, condition, reason, nextProbeAt, clearance }: EdgeSnapshot, way: string): void {
    const before = this.#conditions.get(way) ?? 'clear';
    if (condition === before) return;
    if (condition === 'clear') this.#conditions.delete(way);
    else this.#conditions.set(way, condition);
    const place = proxy === null ? origin : `${origin} (through ${proxy})`;
    if (condition === 'challenged') {
      const at = nextProbeAt === null ? 'later' : new Date(nextProbeAt).toISOString();
      this.#logger.warn(
        { origin, proxy, reason },
        `The edge in front of ${place} challenges (${reason ?? 'unknown'}). No call is sent until a probe passes; the ` +
          `first is made at ${at}. Give a clearance by PUT /admin/edge/{origin}, or see to the way there.`,
      );
    } else if (condition === 'half_open') {
      const why = clearance === null ? 'A probe passed' : `${clearance.source} gave a clearance`;
      this.#logger.log({ origin, proxy }, `${why} at the edge of ${place}: one call goes first.`);
    } else {
      this.#logger.log({ origin, proxy }, `The edge in front of ${place} is clear.`);
    }
  }
}
