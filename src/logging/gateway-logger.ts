import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Parts of Nest that tell at every start of every module and every route. */
const CHATTY: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** The application's logger; what Nest says of its own start is for `LOG_LEVEL=debug`. */
@Injectable()
export class GatewayLogger extends Logger {
  override log(message: unknown, ...details: unknown[]): void {
    if (CHATTY.has(details.at(-1))) this.debug(message, ...details);
    else super.log(message, ...details);
  }
}
