import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ApiKey } from './api-key.entity.js';
import { KeyLimitChanges } from './api-key-limits.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.js';
import { BoundedCacheStore } from './bounded-cache-store.js';
import { FirstAdmin } from './first-admin.js';
import { Identification } from './identification.js';
import { KeyLookup } from './key-lookup.js';
import { RouteAudit } from './route-audit.js';

const CACHED_FOR_MS = 30_000;
const MOST_CACHED = 10_000;

/** API keys, and the guard of every route. Needs `PenstockConfig`, `DatabasePool` and `Clock` from global modules. */
@Module({
  imports: [
    DiscoveryModule,
    TypeOrmModule.forFeature([ApiKey]),
    CacheModule.register({ ttl: CACHED_FOR_MS, stores: [new BoundedCacheStore(MOST_CACHED)] }),
  ],
  controllers: [ApiKeysController],
  providers: [
    ApiKeysService,
    Authenticator,
    FirstAdmin,
    Identification,
    KeyLimitChanges,
    KeyLookup,
    RouteAudit,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [KeyLimitChanges],
})
export class AuthModule {}
