import { Injectable } from '@nestjs/common';
import { edgeChallengeIn } from 'penstock/plugin-api';
import { type EdgeProbe, type ProbeRequest, UpstreamClient } from 'penstock/upstream';

import { BoundedCalls, type CallPlace } from '../providers/index.js';

const TIMEOUT_MS = 15_000;
const EXCERPT_BYTES = 64 * 1024;
/** Places that are remembered; of more, the oldest goes. */
const MOST_PLACES = 1_000;

/** Asks for what was challenged last, by GET and without a credential: whatever the upstream itself answers is good. */
@Injectable()
export class UpstreamEdgeProbe implements EdgeProbe {
  readonly #places = new Map<string, CallPlace>();

  constructor(
    private readonly client: UpstreamClient,
    private readonly bounded: BoundedCalls,
  ) {}

  /** The way that the next probe of its origin takes. */
  remember(place: CallPlace): void {
    this.#places.delete(place.origin);
    this.#places.set(place.origin, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MOST_PLACES && oldest !== undefined) this.#places.delete(oldest);
  }

  async probe({ origin, signal }: ProbeRequest): Promise<'passed' | 'challenged' | 'inconclusive'> {
    const { path, proxyUrl } = this.#places.get(origin) ?? { path: '/', proxyUrl: null };
    const bounds = { operation: 'edge probe', timeoutMs: TIMEOUT_MS, signal };
    try {
      return await this.bounded.run(bounds, async (bounded) => {
        const request = { baseUrl: origin, path, proxyUrl, method: 'GET' as const, timeoutMs: TIMEOUT_MS };
        const answer = await this.client.request({ ...request, signal: bounded });
        const { status, headers } = answer;
        const body = await answer.excerpt(EXCERPT_BYTES);
        return edgeChallengeIn({ status, headers, body }) === undefined ? 'passed' : 'challenged';
      });
    } catch {
      return 'inconclusive';
    }
  }
}
