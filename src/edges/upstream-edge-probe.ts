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
  /** Paths, by origin and proxy. */
  readonly #paths = new Map<string, string>();

  constructor(
    private readonly client: UpstreamClient,
    private readonly bounded: BoundedCalls,
  ) {}

  /** Where the next probe of its way goes. */
  remember(place: CallPlace): void {
    const key = keyOf(place);
    this.#paths.delete(key);
    this.#paths.set(key, place.path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > MOST_PLACES && oldest !== undefined) this.#paths.delete(oldest);
  }

  async probe({ signal, ...way }: ProbeRequest): Promise<'passed' | 'challenged' | 'inconclusive'> {
    const { origin, proxyUrl } = way;
    const path = this.#paths.get(keyOf(way)) ?? '/';
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

const keyOf = ({ origin, proxyUrl }: Omit<CallPlace, 'path'>): string => `${origin} ${proxyUrl ?? ''}`;
