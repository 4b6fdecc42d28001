import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';

import { TokenSecrets } from '../token-secrets.js';
import { Token } from '../token.entity.js';

/** Finds tokens that are there already. Secrets are compared by their keyed fingerprints, never themselves. */
@Injectable()
export class TokenTwins {
  constructor(
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly secrets: TokenSecrets,
  ) {}

  /** Whether there is a token with this id. */
  has(id: string): Promise<boolean> {
    return this.tokens.existsBy({ id });
  }

  /** The token that has this secret for the same provider and base URL. */
  async bySecret({ secret, provider, baseUrl }: SecretPlace): Promise<Token | undefined> {
    const fingerprint = In([...this.secrets.fingerprints(secret)]);
    const rows = await this.tokens.findBy({ fingerprint, provider });
    return rows.find((row) => row.baseUrl === baseUrl);
  }

  /** The oldest token of the account with this label. */
  async byLabel({ label, provider }: Pick<Token, 'label' | 'provider'>): Promise<Token | undefined> {
    const found = await this.tokens.findOne({
      where: { label, provider },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return found ?? undefined;
  }
}

type SecretPlace = Pick<Token, 'provider' | 'baseUrl'> & { readonly secret: string };
