import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { GenerationViews } from './generation-views.js';
import { KeyStream } from './key-stream.js';
import { viewerOf } from './request-facts.js';
import { lastEventIdOf, sendEvents } from './send-events.js';

/** All generations of a key over one stream. */
@ApiTags('Generations')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly stream: KeyStream,
    private readonly views: GenerationViews,
  ) {}

  @Get()
  @SlowAfter(Infinity)
  @RequireScope('read')
  @ApiOperation({
    summary: 'Follow all your generations by server-sent events; an admin key follows those of every key.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    description: 'The last event that you have; without it the stream begins with the next change.',
    required: false,
  })
  @ApiResponse({
    status: 200,
    description: 'Every event holds a whole generation; ids rise. It does not end by itself.',
    content: { 'text/event-stream': {} },
  })
  @ApiErrors(401, 403)
  follow(
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const viewer = viewerOf(request, principal);
    const ownerId = viewer.isAdmin ? null : principal.keyId;
    const audience = `${String(viewer.isAdmin)} ${viewer.origin}`;
    const reader = { ownerId, after: lastEventIdOf(lastEventId), audience };
    sendEvents(request, reply, () =>
      this.stream.frames(reader, (generation) => this.views.of(generation, viewer)),
    );
  }
}
