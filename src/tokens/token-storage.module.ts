import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TokenSource } from 'penstock/token-cache';

import { SecretsModule } from '../secrets/index.js';

import { DatabaseTokenSource } from './database-token-source.js';
import { PooledTokens } from './pooled-tokens.js';
import { ProxySealer } from './proxy-sealer.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenHistory } from './lifecycle/token-history.js';
import { TokenExportRow } from './export/token-export-row.entity.js';
import { TokenTransition } from './lifecycle/token-transition.entity.js';
import { Token } from './token.entity.js';

/** Where tokens are kept: what `TokenCacheModule` imports for its `TokenSource`. */
@Module({
  imports: [TypeOrmModule.forFeature([Token, TokenExportRow, TokenTransition]), SecretsModule],
  providers: [
    PooledTokens,
    ProxySealer,
    TokenHistory,
    TokenSecrets,
    { provide: TokenSource, useClass: DatabaseTokenSource },
  ],
  exports: [TypeOrmModule, PooledTokens, TokenHistory, TokenSecrets, TokenSource],
})
export class TokenStorageModule {}
