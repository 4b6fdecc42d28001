import { Global, Module } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { GuardedClient, UrlGuard } from 'penstock/upstream';

import { PenstockConfig } from '../config/penstock-config.js';
import { OutgoingPosts } from './outgoing-posts.js';

/** The guard of URLs that clients give, and requests to them. `PenstockConfig` and `Clock` come from global modules. */
@Global()
@Module({
  providers: [
    {
      provide: UrlGuard,
      inject: [PenstockConfig],
      useFactory: ({ allowPrivateUrls: allow }: PenstockConfig) =>
        new UrlGuard({ allowHttp: allow, allowPrivate: allow }),
    },
    {
      provide: GuardedClient,
      inject: [UrlGuard, Clock],
      useFactory: (guard: UrlGuard, clock: Clock) => new GuardedClient(guard, clock),
    },
    OutgoingPosts,
  ],
  exports: [UrlGuard, GuardedClient, OutgoingPosts],
})
export class OutgoingModule {}
