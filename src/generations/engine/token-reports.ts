import { Injectable, Logger } from '@nestjs/common';

import { TokenHealth } from '../../tokens/index.js';

/** Tells how calls on tokens went. What a token is worth is worth knowing, but never worth losing a generation for. */
@Injectable()
export class TokenReports {
  readonly #logger = new Logger('generations');

  constructor(private readonly health: TokenHealth) {}

  /** As {@link TokenHealth.report}, but never throws. */
  async report(tokenId: string, outcome: Parameters<TokenHealth['report']>[1]): Promise<void> {
    try {
      await this.health.report(tokenId, outcome);
    } catch (error) {
      this.#logger.error({ token: tokenId, err: error }, 'The health of a token could not be recorded');
    }
  }
}
