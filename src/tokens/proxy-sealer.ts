import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Like, MoreThan } from 'typeorm';

import { TokenSecrets } from './token-secrets.js';
import { Token } from './token.entity.js';

const PAGE = 250;

/**
 * Seals, at each start, the proxies with credentials that lie plain in rows of tokens: those of before they were sealed, and
 * what somebody wrote into the table. It changes nothing else of a token, and finds nothing the second time.
 */
@Injectable()
export class ProxySealer implements OnModuleInit {
  readonly #logger = new Logger('tokens');

  constructor(
    private readonly database: DatabasePool,
    private readonly secrets: TokenSecrets,
  ) {}

  async onModuleInit(): Promise<void> {
    let sealed = 0;
    for (let rows = await this.#page(''); rows.length > 0; rows = await this.#page(rows.at(-1)?.id ?? '')) {
      for (const row of rows) sealed += await this.#seal(row);
    }
    if (sealed > 0)
      this.#logger.log({ sealed }, 'Sealed credentials of proxies that lay plain in the database');
  }

  /** A sealed value holds no `@`; a URL with credentials does. */
  #page(after: string): Promise<Token[]> {
    return this.database.read((manager) =>
      manager.find(Token, {
        select: { id: true, proxyUrl: true },
        where: { id: MoreThan(after), proxyUrl: Like('%@%') },
        order: { id: 'ASC' },
        take: PAGE,
      }),
    );
  }

  /** Leaves alone what somebody has changed meanwhile. @returns how many rows it changed */
  async #seal({ id, proxyUrl }: Pick<Token, 'id' | 'proxyUrl'>): Promise<number> {
    const column = this.secrets.sealProxyUrl(id, proxyUrl);
    if (column.proxyUrl === proxyUrl || proxyUrl === null) return 0;
    const changed = await this.database.transaction((manager) =>
      manager.update(Token, { id, proxyUrl }, column),
    );
    return changed.affected ?? 0;
  }
}
