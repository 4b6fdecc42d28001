import { Module } from '@nestjs/common';
import { Clock, SystemClock } from 'penstock/kernel';

import { SessionPool } from './session-pool.js';
import { UpstreamClient } from './upstream-client.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './upstream.module-definition.js';
import { resolveUpstreamOptions, type UpstreamOptions } from './upstream.options.js';

const CLOCK = { token: Clock, optional: true };

/**
 * HTTP to upstreams. `UpstreamModule.forRoot({ … })` offers {@link UpstreamClient} and {@link SessionPool}. A `Clock` is
 * taken from a global module if there is one, otherwise it is the system's. Connections are closed when the application
 * shuts down (`app.close()`, or a signal after `enableShutdownHooks()`).
 */
@Module({
  providers: [
    {
      provide: SessionPool,
      inject: [MODULE_OPTIONS_TOKEN, CLOCK],
      useFactory: (options: UpstreamOptions, clock: Clock = new SystemClock()) =>
        new SessionPool(clock, resolveUpstreamOptions(options)),
    },
    {
      provide: UpstreamClient,
      inject: [SessionPool, CLOCK],
      useFactory: (sessions: SessionPool, clock: Clock = new SystemClock()) =>
        new UpstreamClient(sessions, clock),
    },
  ],
  exports: [SessionPool, UpstreamClient],
})
export class UpstreamModule extends ConfigurableModuleClass {}
