import { Global, Module } from '@nestjs/common';
import { UrlGuard } from 'penstock/upstream';

import { PenstockConfig } from '../config/penstock-config.js';

/** The guard of URLs that clients give in requests. `PenstockConfig` comes from a global module. */
@Global()
@Module({
  providers: [
    {
      provide: UrlGuard,
      inject: [PenstockConfig],
      useFactory: ({ allowPrivateUrls: allow }: PenstockConfig) =>
        new UrlGuard({ allowHttp: allow, allowPrivate: allow }),
    },
  ],
  exports: [UrlGuard],
})
export class OutgoingModule {}
