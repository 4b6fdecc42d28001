import { Module } from '@nestjs/common';

import { TokenCache } from './token-cache.js';
import { ConfigurableModuleClass } from './token-cache.module-definition.js';

/**
 * Offers {@link TokenCache}. Needs a `TokenSource` from a global module or from one in `imports`; a `Clock` is taken from
 * there too if there is one, otherwise it is the system's.
 */
@Module({ providers: [TokenCache], exports: [TokenCache] })
export class TokenCacheModule extends ConfigurableModuleClass {}
