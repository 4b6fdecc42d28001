import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { FastifyRequest } from 'fastify';
import { WriteBehindBuffers } from 'penstock/database';
import { Clock, Random } from 'penstock/kernel';
import { HttpExchanges, type HttpExchange } from 'penstock/metrics';
import { Settings } from 'penstock/settings';

import { GENERATION_CHANGED } from '../generations/generation-events.js';
import { isFinished } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';
import { contextOf } from './request-context.js';
import { RequestLogRow } from './request-log-row.entity.js';
import { requestLogSettings } from './request-log.settings.js';
import { requestRowId } from './request-row-id.js';

const NEVER_RECORDED = /^\/(health|metrics|docs|openapi)\b/;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const ADMIN_TOKEN_ROUTE = /^\/admin\/tokens\/:id\b/;

/**
 * Records what was done, by whom, with which token and how it ended: requests, and the whole life of generations. Rows are
 * written behind, at most 100 in a transaction and 250 ms later, never on the way of a request. A crash loses what was
 * recorded in the last 250 ms and the time of one transaction; a shutdown loses nothing. At most 10,000 rows wait: while the
 * database takes none, further ones are dropped and counted (`penstock_write_behind_rows`).
 */
@Injectable()
export class RequestLog {
  readonly #buffer;

  constructor(
    exchanges: HttpExchanges,
    buffers: WriteBehindBuffers,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.#buffer = buffers.create<RequestLogRow>({
      name: 'request-log',
      maxDelayMs: 250,
      write: async (manager, rows) => {
        // The same rows may come twice: a commit whose answer was lost is tried again.
        const insert = manager
          .createQueryBuilder()
          .insert()
          .into(RequestLogRow)
          .values([...rows]);
        await insert.orIgnore().updateEntity(false).execute();
      },
    });
    exchanges.onEnd((exchange) => {
      this.#recordExchange(exchange);
    });
  }

  /** A generation is recorded when it ends, with all the time from the request on. */
  @OnEvent(GENERATION_CHANGED)
  recordGeneration(generation: Generation): void {
    const { id, kind, status, ownerId, tokenId, errorCode, createdAt, completedAt } = generation;
    if (!isFinished(status) || this.settings.get(requestLogSettings).record === 'nothing') return;
    this.#add({
      kind: 'generation',
      operation: `generate ${kind}`,
      requestId: null,
      keyId: ownerId,
      tokenId,
      generationId: id,
      status,
      failed: status === 'failed',
      errorCode,
      durationMs: Math.max(0, (completedAt ?? createdAt) - createdAt),
    });
  }

  #recordExchange(exchange: HttpExchange): void {
    const { method, route, status, durationMs } = exchange;
    const request = exchange.request as FastifyRequest;
    const failed = status >= 400;
    if (NEVER_RECORDED.test(route) || !this.#wants(READS.has(method) && !failed)) return;
    this.#add({
      kind: 'http',
      operation: `${method} ${route}`,
      requestId: request.id,
      ...subjectOf(request, route),
      keyId: request.principal?.keyId ?? null,
      status: String(status),
      failed,
      durationMs: Math.round(durationMs),
    });
  }

  #wants(isPlainRead: boolean): boolean {
    const { record } = this.settings.get(requestLogSettings);
    return record === 'all' || (record === 'changes' && !isPlainRead);
  }

  #add(row: Omit<RequestLogRow, 'id' | 'at'>): void {
    const at = this.clock.now();
    this.#buffer.add({ ...row, at, id: requestRowId(at, this.random.next()) });
  }
}

/** What the request turned out to be about. */
function subjectOf(
  request: FastifyRequest,
  route: string,
): Pick<RequestLogRow, 'generationId' | 'tokenId' | 'errorCode'> {
  const { generationId = null, tokenId = null, errorCode = null } = contextOf(request) ?? {};
  return { generationId, tokenId: tokenId ?? tokenInPath(request, route), errorCode };
}

function tokenInPath({ params }: FastifyRequest, route: string): string | null {
  if (!ADMIN_TOKEN_ROUTE.test(route) || typeof params !== 'object' || params === null) return null;
  const id: unknown = Reflect.get(params, 'id');
  return typeof id === 'string' ? id : null;
}
