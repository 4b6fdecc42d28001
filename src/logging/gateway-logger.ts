import { Injectable } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';

/** Parts of Nest that tell at every start of every module and every route. */
const CHATTY: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * The application's logger; what Nest says of its own start is for the level `debug`. A change of the root's level counts
 * for the logger of a request too, which goes on logging for as long as the work that the request began.
 */
@Injectable()
export class GatewayLogger extends Logger {
  override verbose(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.verbose(message, ...details);
  }

  override debug(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.debug(message, ...details);
  }

  override log(message: unknown, ...details: unknown[]): void {
    if (CHATTY.has(details.at(-1))) {
      this.debug(message, ...details);
      return;
    }
    this.#followRoot();
    super.log(message, ...details);
  }

  override warn(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.warn(message, ...details);
  }

  override error(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.error(message, ...details);
  }

  override fatal(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.fatal(message, ...details);
  }

  /** A child of pino keeps the level that its parent had when it was made. */
  #followRoot(): void {
    const { logger } = this.logger;
    const { level } = PinoLogger.root;
    if (logger.level !== level) logger.level = level;
  }
}
