import { Injectable } from '@nestjs/common';
import { EdgeStates, type Passage } from 'penstock/upstream';

import { type CallPlace, EdgeGate } from '../providers/index.js';
import { UpstreamEdgeProbe } from './upstream-edge-probe.js';

/** The edges as calls of providers meet them. */
@Injectable()
export class ProviderEdges extends EdgeGate {
  constructor(
    private readonly edges: EdgeStates,
    private readonly probe: UpstreamEdgeProbe,
  ) {
    super();
  }

  override async enter(place: CallPlace, signal: AbortSignal): Promise<Passage> {
    const passage = await this.edges.enter(place, signal);
    return {
      headers: passage.headers,
      end: (end) => {
        if (typeof end === 'object') this.probe.remember(place);
        return passage.end(end);
      },
    };
  }
}
