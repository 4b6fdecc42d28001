import { Readable } from 'node:stream';

import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { RequireScope } from '../../auth/index.js';
import { toPage, type Page } from '../../http/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { BatchQueries } from './batch-queries.js';
import { BatchStream } from './batch-stream.js';
import { itemView } from './batch-views.js';
import { itemPageSchema, listItemsSchema, type ItemView, type ListItemsQuery } from './batches.schemas.js';
import { csvOf } from './items-csv.js';

/** What comes out of batches. */
@ApiTags('Admin: batches')
@RequireScope('admin')
@Controller('admin/batches/:id')
export class BatchResultsController {
  constructor(
    private readonly queries: BatchQueries,
    private readonly stream: BatchStream,
  ) {}

  @Get('items')
  @ApiOperation({ summary: 'List the items of a batch in their order, with their results.' })
  @ApiResponse({ status: 200, standardSchema: itemPageSchema })
  @ApiErrors(400, 401, 403, 404)
  async items(
    @Param('id') id: string,
    @Query({ schema: listItemsSchema }) { limit, cursor, state }: ListItemsQuery,
  ): Promise<Page<ItemView>> {
    await this.queries.get(id);
    const items = await this.queries.items(id, cursor?.createdAt ?? 0, limit + 1, state);
    const placed = items.map((item) => ({ item, createdAt: item.position, id }));
    return toPage(placed, limit, ({ item }) => itemView(item));
  }

  @Get('results.csv')
  @SlowAfter(Infinity)
  @ApiOperation({ summary: 'Download the items of a batch and their results as CSV.' })
  @ApiResponse({ status: 200, content: { 'text/csv': {} } })
  @ApiErrors(401, 403, 404)
  async results(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.queries.get(id);
    await reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${id}.csv"`)
      .send(Readable.from(csvOf((after, limit) => this.queries.items(id, after, limit))));
  }

  @Get('events')
  @SlowAfter(Infinity)
  @ApiOperation({
    summary: 'Follow a batch by server-sent events: "item" for each result, "batch" for the whole of it.',
  })
  @ApiHeader({ name: 'Last-Event-ID', description: 'The last event that you have.', required: false })
  @ApiResponse({ status: 200, description: 'Ends with the batch.', content: { 'text/event-stream': {} } })
  @ApiResponse({
    status: 204,
    description: 'It has ended and you have its last event: do not connect again.',
  })
  @ApiErrors(401, 403, 404)
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { endedAt, revision } = await this.queries.get(id);
    const after = Number.isInteger(Number(lastEventId)) ? Number(lastEventId) : 0;
    if (endedAt !== null && after >= revision) {
      await reply.status(204).send();
      return;
    }
    // A HEAD asks for the headers only: nothing may go on behind it until the end of the batch.
    await reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(method === 'HEAD' ? '' : Readable.from(this.stream.frames(id, after)));
  }
}
