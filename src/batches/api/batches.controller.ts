import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  BatchCreator,
  BatchOperations,
  BatchRunner,
  ConfirmationRequired,
  operationLimits,
} from 'penstock/batch';
import { SlowAfter } from 'penstock/metrics';
import { z } from 'zod';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { SchemaValidationPipe, toPage, type Page } from '../../http/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { BatchQueries } from './batch-queries.js';
import { BatchViews } from './batch-views.js';
import {
  batchPageSchema,
  batchSchema,
  createBatchSchema,
  listBatchesSchema,
  operationsSchema,
  type BatchView,
  type CreateBatchBody,
  type ListBatchesQuery,
  type OperationsView,
} from './batches.schemas.js';

/** Operations over many tokens. */
@ApiTags('Admin: batches')
@RequireScope('admin')
@Controller('admin/batches')
export class BatchesController {
  readonly #pipe = new SchemaValidationPipe();

  constructor(
    private readonly creator: BatchCreator,
    private readonly runner: BatchRunner,
    private readonly operations: BatchOperations,
    private readonly queries: BatchQueries,
    private readonly views: BatchViews,
  ) {}

  @Post()
  @HttpCode(202)
  @SlowAfter(Infinity)
  @ApiOperation({ summary: 'Begin a batch. Its items are stored once this answers, and survive a restart.' })
  @ApiResponse({ status: 202, standardSchema: batchSchema, description: 'Accepted; follow it at Location.' })
  @ApiErrors(400, 401, 403, 409, 413, 503)
  async create(
    @Body({ schema: createBatchSchema }) body: CreateBatchBody,
    @CurrentPrincipal() { keyId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchView> {
    const { operation, input: given = {}, confirmation, ...wish } = body;
    const { handler } = this.operations.get(operation);
    const schema = z.object({ input: handler.input });
    const { input } = await this.#pipe.transform({ input: given }, { type: 'body', schema });
    try {
      const batch = await this.creator.create({ operation, input, wish, confirmation, createdBy: keyId });
      void reply.header('location', `/admin/batches/${batch.id}`);
      return await this.views.of(batch);
    } catch (error) {
      if (error instanceof ConfirmationRequired) void reply.header('x-confirmation', error.confirmation);
      throw error;
    }
  }

  @Get()
  @ApiOperation({ summary: 'List batches, newest first.' })
  @ApiResponse({ status: 200, standardSchema: batchPageSchema })
  @ApiErrors(400, 401, 403)
  async list(@Query({ schema: listBatchesSchema }) query: ListBatchesQuery): Promise<Page<BatchView>> {
    const { limit, cursor, operation } = query;
    const page = toPage(await this.queries.list(limit + 1, cursor, operation), limit, (batch) => batch);
    return { ...page, data: await this.views.all(page.data) };
  }

  @Get('operations')
  @ApiOperation({ summary: 'List the operations, with the JSON schemas of their inputs.' })
  @ApiResponse({ status: 200, standardSchema: operationsSchema })
  @ApiErrors(401, 403)
  listOperations(): OperationsView {
    return {
      data: this.operations.all().map((operation) => {
        const { name, idempotent = false, confirm = false } = operation.manifest;
        const { description, input } = operation.handler;
        const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
        return {
          name,
          description,
          ...operationLimits(operation),
          idempotent,
          confirm,
          input: { ...schema },
        };
      }),
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a batch: its counts, its pace, and how long it may still take.' })
  @ApiResponse({ status: 200, standardSchema: batchSchema })
  @ApiErrors(401, 403, 404)
  async read(@Param('id') id: string): Promise<BatchView> {
    return this.views.of(await this.queries.get(id));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Let no further item begin. What is under way ends, and its results count.' })
  @ApiResponse({ status: 202, standardSchema: batchSchema })
  @ApiErrors(401, 403, 404, 409)
  async cancel(@Param('id') id: string): Promise<BatchView> {
    await this.queries.get(id);
    await this.runner.cancel(id);
    return this.read(id);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Run the failed items of an ended batch again.' })
  @ApiResponse({ status: 202, standardSchema: batchSchema })
  @ApiErrors(401, 403, 404, 409, 503)
  async retry(@Param('id') id: string): Promise<BatchView> {
    await this.queries.get(id);
    await this.runner.retry(id);
    return this.read(id);
  }
}
