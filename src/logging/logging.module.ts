import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';

import { PenstockConfig } from '../config/index.js';
import { GatewayLogger } from './gateway-logger.js';
import { LineThinner } from './line-thinner.js';
import { destination, loggerParams } from './log-options.js';
import { LogLevelKeeper } from './log-level-keeper.js';
import { loggingSettings } from './logging.settings.js';
import { RequestLines } from './request-lines.js';

const section = {
  provide: Symbol(loggingSettings.name),
  inject: [PenstockConfig],
  useFactory: ({ logLevel }: PenstockConfig) => loggingSettings.withDefaults({ level: logLevel }),
};

/**
 * Structured logs of the whole application, through Nest's `Logger`. `Settings`, `Clock` and `HttpExchanges` come from
 * global modules.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [PenstockConfig],
      useFactory: ({ logLevel }: PenstockConfig) => loggerParams(logLevel),
    }),
  ],
  providers: [GatewayLogger, LineThinner, LogLevelKeeper, RequestLines, section],
  exports: [GatewayLogger],
})
export class LoggingModule implements OnApplicationShutdown {
  constructor(private readonly thinner: LineThinner) {}

  /** Lines of parts that end later are written when the process exits. */
  onApplicationShutdown(): void {
    this.thinner.flush();
    destination.flushSync();
  }
}
