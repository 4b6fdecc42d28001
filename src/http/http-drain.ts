import {
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Clock, SystemClock } from 'penstock/kernel';

/** Requests that have not been answered after this are cut off. */
const DRAIN_BOUND_MS = 5_000;

/**
 * Lets requests that have begun come to their end before the process does, within 5 s; no new connection is taken meanwhile.
 * What waits on purpose (long polls, streams of events) is ended by its own part before.
 */
@Injectable()
export class HttpDrain implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger(HttpDrain.name);
  #draining = false;

  constructor(
    private readonly host: HttpAdapterHost,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  onModuleInit(): void {
    this.#fastify()?.addHook('onSend', (_request, reply, payload, done) => {
      if (this.#draining) void reply.header('connection', 'close');
      done(null, payload);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#draining = true;
    const server = this.#fastify()?.server;
    if (server?.listening !== true) return;
    const over = new AbortController();
    // Connections that were taken may not have brought their request yet: it waits for these, not for requests.
    server.close(() => {
      over.abort();
    });
    await this.clock.sleep(DRAIN_BOUND_MS, over.signal);
    if (!over.signal.aborted) this.#logger.warn('Connections are cut off: they took too long to end');
  }

  #fastify(): FastifyInstance | undefined {
    // Nest's type leaves out that a testing module may have none.
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    return adapter?.getType() === 'fastify' ? adapter.getInstance<FastifyInstance>() : undefined;
  }
}
