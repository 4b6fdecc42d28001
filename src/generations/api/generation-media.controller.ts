import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { GenerationAssets } from '../generation-assets.js';
import { GenerationsService } from '../generations.service.js';
import { GenerationStream } from './generation-stream.js';
import { GenerationViews } from './generation-views.js';
import { assetIndexSchema } from './generation.schemas.js';
import { viewerOf } from './request-facts.js';
import { sendDownload } from './send-download.js';
import { lastEventIdOf, sendEvents } from './send-events.js';

/** What flows out of a generation: its events and its files. */
@ApiTags('Generations')
@Controller('v1/generations/:id')
export class GenerationMediaController {
  constructor(
    private readonly generations: GenerationsService,
    private readonly assets: GenerationAssets,
    private readonly stream: GenerationStream,
    private readonly views: GenerationViews,
  ) {}

  @Get('events')
  @SlowAfter(Infinity)
  @RequireScope('read')
  @ApiOperation({
    summary: 'Follow a generation by server-sent events: every event holds the whole generation.',
  })
  @ApiHeader({ name: 'Last-Event-ID', description: 'The last event that you have.', required: false })
  @ApiResponse({
    status: 200,
    description: 'Ends after the event of the end.',
    content: { 'text/event-stream': {} },
  })
  @ApiResponse({
    status: 204,
    description: 'It has ended and you have its last event: do not connect again.',
  })
  @ApiErrors(401, 403, 404)
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const generation = await this.generations.get(id, principal);
    const after = lastEventIdOf(lastEventId) ?? 0;
    if (generation.completedAt !== null && after >= generation.revision) {
      await reply.status(204).send();
      return;
    }
    const viewer = viewerOf(request, principal);
    sendEvents(request, reply, () =>
      this.stream.frames(generation, after, (changed) => this.views.of(changed, viewer)),
    );
  }

  @Get('assets/:index')
  @SlowAfter(Infinity)
  @RequireScope('read')
  @ApiOperation({ summary: 'Fetch a file of a completed generation.' })
  @ApiHeader({ name: 'Range', required: false, example: 'bytes=0-1023' })
  @ApiResponse({ status: 200, content: { 'application/octet-stream': {} } })
  @ApiResponse({ status: 206, description: 'The part that Range asks for.' })
  @ApiErrors(400, 401, 403, 404, 409, 416, 502)
  async asset(
    @Param('id') id: string,
    @Param('index', { schema: assetIndexSchema }) index: number,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const generation = await this.generations.get(id, principal);
    await sendDownload(request, reply, (conditions) =>
      this.assets.open(generation, { asset: index, ...conditions }),
    );
  }
}
