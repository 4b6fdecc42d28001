import { Injectable, Logger } from '@nestjs/common';
import type { ProviderFailure } from 'penstock/plugin-api';
import type { PollObservation } from 'penstock/polling';

import { failureOf } from '../../providers/index.js';
import { PollCredentials } from './poll-credentials.js';
import { TokenReports } from './token-reports.js';

/** What polls that fail lead to: another one later, and what they say of the token is passed on. */
@Injectable()
export class PollFailures {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly reports: TokenReports,
    private readonly credentials: PollCredentials,
  ) {}

  /**
   * @param tokenId - whose credential was used
   * @param generations - those that were asked about
   */
  async take(
    tokenId: string,
    error: unknown,
    generations: readonly string[],
  ): Promise<Extract<PollObservation, { outcome: 'error' }>> {
    const failure = failureOf(error, 'reads');
    const about =
      generations.length === 1 ? { generation: generations[0] } : { generations: generations.length };
    this.#logger.warn({ ...about, token: tokenId, failure: failure.kind, err: error }, 'A poll failed');
    if (TELLS_OF_THE_TOKEN.has(failure.kind)) await this.reports.report(tokenId, failure);
    if (failure.kind === 'unauthorized') await this.credentials.refused(tokenId);
    return {
      outcome: 'error',
      retryAfterMs: 'retryAfterMs' in failure ? failure.retryAfterMs : null,
      ...(HOLDS_FOR_THE_TOKEN.has(failure.kind) ? { ofToken: true } : {}),
    };
  }
}

/** A job that cannot be polled says nothing of its token, unless the upstream speaks of the token itself. */
const TELLS_OF_THE_TOKEN: ReadonlySet<ProviderFailure['kind']> = new Set([
  'rate_limited',
  'unauthorized',
  'edge_challenge',
]);

/** Asking about other jobs of the token before the time would be refused as well. */
const HOLDS_FOR_THE_TOKEN: ReadonlySet<ProviderFailure['kind']> = new Set(['rate_limited', 'edge_challenge']);
