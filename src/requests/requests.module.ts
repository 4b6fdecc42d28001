import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SettingsModule } from 'penstock/settings';

import { RequestLogRow } from './request-log-row.entity.js';
import { RequestLog } from './request-log.js';
import { requestLogSettings } from './request-log.settings.js';
import { RequestQueries } from './request-queries.js';
import { RequestsController } from './requests.controller.js';

/** The log of requests. The database, `Settings`, `HttpExchanges`, `Clock` and `Random` come from global modules. */
@Module({
  imports: [TypeOrmModule.forFeature([RequestLogRow]), SettingsModule.forFeature([requestLogSettings])],
  controllers: [RequestsController],
  providers: [RequestLog, RequestQueries],
})
export class RequestsModule {}
