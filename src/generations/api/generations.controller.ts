import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Delete,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { toPage, type Page } from '../../http/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { GenerationCreation } from '../generation-creation.js';
import { GenerationQueries } from '../generation-queries.js';
import { GenerationRequests } from '../generation-requests.js';
import { GenerationsService } from '../generations.service.js';
import { GenerationViews } from './generation-views.js';
import {
  createGenerationSchema,
  generationPageSchema,
  generationSchema,
  listGenerationsSchema,
  waitSchema,
  type CreateGenerationBody,
  type GenerationView,
  type ListGenerationsQuery,
  type WaitQuery,
} from './generation.schemas.js';
import { POLL_HINT_HEADERS, PollHints } from './poll-hints.js';
import { idempotencyKeyOf, viewerOf } from './request-facts.js';

/** Generations of every kind of media. */
@ApiTags('Generations')
@Controller('v1/generations')
export class GenerationsController {
  constructor(
    private readonly requests: GenerationRequests,
    private readonly creation: GenerationCreation,
    private readonly generations: GenerationsService,
    private readonly queries: GenerationQueries,
    private readonly views: GenerationViews,
    private readonly hints: PollHints,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Ask for a generation. It is durable once this answers.' })
  @ApiHeader({
    name: 'Idempotency-Key',
    description: 'The same key and body gives the same generation.',
    required: false,
  })
  @ApiResponse({
    status: 202,
    standardSchema: generationSchema,
    description: 'Accepted; follow it at Location.',
    headers: POLL_HINT_HEADERS,
  })
  @ApiErrors(400, 401, 403, 404, 409, 413, 429, 503)
  async create(
    @Body({ schema: createGenerationSchema }) body: CreateGenerationBody,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerationView> {
    const wanted = await this.requests.fromBody(body, idempotencyKeyOf(key));
    const { generation, replayed } = await this.creation.create(wanted, principal);
    void reply.header('location', `/v1/generations/${generation.id}`);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    this.hints.send(generation, reply);
    return this.views.of(generation, viewerOf(request, principal));
  }

  @Get()
  @RequireScope('read')
  @ApiOperation({ summary: 'List your generations; an admin key lists those of every key.' })
  @ApiResponse({ status: 200, standardSchema: generationPageSchema })
  @ApiErrors(400, 401, 403)
  async list(
    @Query({ schema: listGenerationsSchema }) query: ListGenerationsQuery,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<Page<GenerationView>> {
    const { cursor = null, status, limit, order, kind, model, priority } = query;
    const generations = await this.queries.page({
      ownerId: principal.scopes.includes('admin') ? null : principal.keyId,
      order,
      limit: limit + 1,
      after: cursor,
      ...(kind === undefined ? {} : { kind }),
      ...(model === undefined ? {} : { model }),
      ...(status === undefined ? {} : { statuses: [status] }),
      ...(priority === undefined ? {} : { priority }),
    });
    return toPage(generations, limit, (generation) =>
      this.views.of(generation, viewerOf(request, principal)),
    );
  }

  @Get(':id')
  @SlowAfter(Infinity)
  @RequireScope('read')
  @ApiOperation({ summary: 'Read a generation, at once or when it ends.' })
  @ApiResponse({ status: 200, standardSchema: generationSchema, headers: POLL_HINT_HEADERS })
  @ApiErrors(400, 401, 403, 404)
  async read(
    @Param('id') id: string,
    @Query({ schema: waitSchema }) { wait }: WaitQuery,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerationView> {
    const generation = await this.generations.wait(id, principal, wait * 1_000);
    this.hints.send(generation, reply);
    return this.views.of(generation, viewerOf(request, principal));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Stop a generation, upstream too where that is possible.' })
  @ApiResponse({ status: 200, standardSchema: generationSchema })
  @ApiErrors(401, 403, 404, 409)
  async cancel(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<GenerationView> {
    return this.views.of(await this.generations.cancel(id, principal), viewerOf(request, principal));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Forget a finished generation.' })
  @ApiResponse({ status: 204 })
  @ApiErrors(401, 403, 404, 409)
  async remove(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.generations.remove(id, principal);
  }
}
