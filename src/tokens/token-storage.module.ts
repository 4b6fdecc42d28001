import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TokenSource } from 'penstock/token-cache';

import { SecretsModule } from '../secrets/index.js';

import { DatabaseTokenSource } from './database-token-source.js';
import { PooledTokens } from './pooled-tokens.js';
import { TokenSecrets } from './token-secrets.js';
import { Token } from './token.entity.js';

/** Where tokens are kept: what `TokenCacheModule` imports for its `TokenSource`. */
@Module({
  imports: [TypeOrmModule.forFeature([Token]), SecretsModule],
  providers: [PooledTokens, TokenSecrets, { provide: TokenSource, useClass: DatabaseTokenSource }],
  exports: [TypeOrmModule, PooledTokens, TokenSecrets, TokenSource],
})
export class TokenStorageModule {}
