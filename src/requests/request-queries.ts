import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { In, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { Generation } from '../generations/generation.entity.js';
import type { Page } from '../http/index.js';
import { RequestLogRow } from './request-log-row.entity.js';
import { firstIdAt } from './request-row-id.js';
import type { ListRequestsQuery, LoggedRequestView } from './requests.schemas.js';

/** Searches the log of requests. */
@Injectable()
export class RequestQueries {
  constructor(private readonly pool: DatabasePool) {}

  /** A page, newest first, by its keyset. A row about a generation shows the token that serves it by now. */
  page(query: ListRequestsQuery): Promise<Page<LoggedRequestView>> {
    return this.pool.read(async (manager) => {
      const rows = await this.#select(manager, query).getMany();
      const shown = rows.slice(0, query.limit);
      const tokens = await tokensOf(manager, shown);
      return {
        data: shown.map((row) => viewOf(row, tokens)),
        nextCursor: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null,
      };
    });
  }

  #select(manager: EntityManager, query: ListRequestsQuery): SelectQueryBuilder<RequestLogRow> {
    const { cursor, token, since, until, limit } = query;
    const select = manager
      .createQueryBuilder(RequestLogRow, 'r')
      .orderBy('r.id', 'DESC')
      .take(limit + 1);
    const equal = {
      kind: query.kind,
      operation: query.operation,
      keyId: query.key,
      status: query.status,
      generationId: query.generation,
      requestId: query.request,
      failed: query.failed,
    };
    for (const [column, value] of Object.entries(equal))
      if (value !== undefined) select.andWhere(`r.${column} = :${column}`, { [column]: value });
    if (cursor !== undefined) select.andWhere('r.id < :cursor', { cursor });
    if (since !== undefined) select.andWhere('r.id >= :since', { since: firstIdAt(since) });
    if (until !== undefined) select.andWhere('r.id < :until', { until: firstIdAt(until) });
    if (token !== undefined) {
      const served = select.subQuery().select('g.id').from(Generation, 'g').where('g.tokenId = :token');
      select.andWhere(`(r.tokenId = :token OR r.generationId IN ${served.getQuery()})`, { token });
    }
    return select;
  }
}

/** The tokens of generations which had none when they were asked for, by generation. */
async function tokensOf(
  manager: EntityManager,
  rows: readonly RequestLogRow[],
): Promise<ReadonlyMap<string, string | null>> {
  const ids = rows.flatMap(({ tokenId, generationId }) => (tokenId === null ? (generationId ?? []) : []));
  if (ids.length === 0) return new Map();
  const found = await manager.find(Generation, {
    select: { id: true, tokenId: true },
    where: { id: In(ids) },
  });
  return new Map(found.map(({ id, tokenId }) => [id, tokenId]));
}

function viewOf(row: RequestLogRow, tokens: ReadonlyMap<string, string | null>): LoggedRequestView {
  const { id, kind, operation, requestId, keyId, generationId, status, failed, errorCode, durationMs } = row;
  const servedBy = generationId === null ? null : (tokens.get(generationId) ?? null);
  return {
    id,
    kind,
    operation,
    requestId,
    keyId,
    generationId,
    status,
    failed,
    errorCode,
    durationMs,
    at: new Date(row.at).toISOString(),
    tokenId: row.tokenId ?? servedBy,
  };
}
