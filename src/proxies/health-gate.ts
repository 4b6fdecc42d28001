import { Injectable } from '@nestjs/common';
import { EdgeStates, type ProxyPassage, type ProxyRequest, ProxyStates } from 'penstock/upstream';

import { ProxyGate } from '../providers/index.js';

/** Lets calls take proxies that work, first those whose way to the upstream no edge challenges. */
@Injectable()
export class HealthGate extends ProxyGate {
  constructor(
    private readonly proxies: ProxyStates,
    private readonly edges: EdgeStates,
  ) {
    super();
  }

  override enter(request: ProxyRequest): Promise<ProxyPassage> {
    const { candidates, origin, signal } = request;
    const isAvoided = (proxyUrl: string | null): boolean =>
      this.edges.challengedUntil({ origin, proxyUrl }) !== null;
    return this.proxies.enter({ candidates, origin, signal, isAvoided });
  }
}
