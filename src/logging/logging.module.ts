import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { pino, type DestinationStream } from 'pino';

import { PenstockConfig, type LogLevel } from '../config/index.js';
import { describeError } from './describe-error.js';
import { GatewayLogger } from './gateway-logger.js';
import { LogLevelKeeper } from './log-level-keeper.js';
import { loggingSettings } from './logging.settings.js';

/** JSON lines on stdout, written off the request path; what is buffered is written at the end. */
const destination = pino.destination({ sync: false, minLength: 0 });

/** Header and field names whose values are never logged. */
const SECRETS = [
  'authorization',
  'cookie',
  'secret',
  'sealedSecret',
  'refreshSecret',
  'apiKey',
  'password',
  'proxyUrl',
  'prompt',
];

const section = {
  provide: Symbol(loggingSettings.name),
  inject: [PenstockConfig],
  useFactory: ({ logLevel }: PenstockConfig) => loggingSettings.withDefaults({ level: logLevel }),
};

/** Structured logs of the whole application, through Nest's `Logger`. `Settings` come from a global module. */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [PenstockConfig],
      useFactory: ({ logLevel }: PenstockConfig) => ({
        pinoHttp: [httpLogOptions(logLevel), destination] as [object, DestinationStream],
      }),
    }),
  ],
  providers: [GatewayLogger, LogLevelKeeper, section],
  exports: [GatewayLogger],
})
export class LoggingModule implements OnApplicationShutdown {
  onApplicationShutdown(): void {
    destination.flushSync();
  }
}

function httpLogOptions(level: LogLevel) {
  return {
    level,
    quietReqLogger: true,
    wrapSerializers: false,
    autoLogging: {
      ignore: ({ url }: { url?: string | undefined }) =>
        url?.startsWith('/health') === true || url === '/metrics',
    },
    // What broke on our side the error filter has told; what is left of errors here are clients that went away.
    customLogLevel: (_request: unknown, response: { statusCode: number }): LogLevel =>
      response.statusCode >= 500 ? 'error' : 'debug',
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    serializers: {
      err: describeError,
      req: ({ id, method, url }: { id: unknown; method: unknown; url: unknown }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ statusCode }),
    },
  };
}
