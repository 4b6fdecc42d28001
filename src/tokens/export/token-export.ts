import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';

import { TokenSecrets } from '../token-secrets.js';
import { Token } from '../token.entity.js';

/** Writes tokens as imports take them. */
@Injectable()
export class TokenExport {
  constructor(
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly secrets: TokenSecrets,
  ) {}

  /** A line of JSON for each token, a page at a time. @throws SecretError when a secret does not open */
  async *lines(
    pages: AsyncIterable<readonly Pick<Token, 'id'>[]>,
    withSecrets: boolean,
  ): AsyncGenerator<string> {
    for await (const page of pages) {
      const rows = await this.tokens.findBy({ id: In(page.map(({ id }) => id)) });
      yield rows.map((row) => `${JSON.stringify(this.#shown(row, withSecrets))}\n`).join('');
    }
  }

  #shown(row: Token, withSecrets: boolean): object {
    const { provider, label, baseUrl, limits, requestsPerMinute, weight, quotaGroup, expiresAt, remark } =
      row;
    const plain = {
      provider,
      label,
      baseUrl,
      limits,
      requestsPerMinute,
      weight,
      quotaGroup,
      remark,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    };
    if (!withSecrets) return plain;
    const refreshSecret = row.sealedRefreshSecret === null ? null : this.secrets.openRefreshSecret(row);
    return {
      ...plain,
      secret: this.secrets.open(row),
      refreshSecret,
      proxyUrl: this.secrets.openProxyUrl(row),
    };
  }
}
