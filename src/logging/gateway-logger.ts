import { Inject, Injectable } from '@nestjs/common';
import { Logger, PARAMS_PROVIDER_TOKEN, PinoLogger, type Params } from 'nestjs-pino';

import { LineThinner } from './line-thinner.js';

/** Parts of Nest that tell at every start of every module and every route. */
const CHATTY: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * The application's logger; what Nest says of its own start is for the level `debug`. Repeated lines of `info`, `warn` and
 * `error` are thinned, with a count of what was left out; who asks for `debug` wants all of it. A change of the root's level
 * counts for the logger of a context too, which goes on logging for as long as the work that began in it.
 */
@Injectable()
export class GatewayLogger extends Logger {
  constructor(
    logger: PinoLogger,
    @Inject(PARAMS_PROVIDER_TOKEN) params: Params,
    private readonly thinner: LineThinner,
  ) {
    super(logger, params);
    thinner.onLeftOut(({ key, count }) => {
      super.warn({ leftOut: count }, `${count} more lines like this were left out: ${key}`, 'Logs');
    });
  }

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
    if (this.#admits('info', message, details)) super.log(message, ...details);
  }

  override warn(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    if (this.#admits('warn', message, details)) super.warn(message, ...details);
  }

  override error(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    if (this.#admits('error', message, details)) super.error(message, ...details);
  }

  override fatal(message: unknown, ...details: unknown[]): void {
    this.#followRoot();
    super.fatal(message, ...details);
  }

  /** A line that the level leaves out is not counted. */
  #admits(level: 'info' | 'warn' | 'error', message: unknown, details: readonly unknown[]): boolean {
    if (!PinoLogger.root.isLevelEnabled(level)) return false;
    return this.thinner.admits([level, textOf(message), ...details.map(textOf)].join(' '));
  }

  /** A child of pino keeps the level that its parent had when it was made. */
  #followRoot(): void {
    const { logger } = this.logger;
    const { level } = PinoLogger.root;
    if (logger.level !== level) logger.level = level;
  }
}

/** What tells lines apart: their text, and what kind of error it was. */
function textOf(part: unknown): string {
  if (typeof part === 'string') return part.split('\n', 1)[0] ?? '';
  if (part instanceof Error) return `${part.name} ${part.message}`;
  if (typeof part !== 'object' || part === null) return '';
  if ('msg' in part && typeof part.msg === 'string') return part.msg;
  return 'err' in part && part.err instanceof Error ? part.err.name : '';
}
