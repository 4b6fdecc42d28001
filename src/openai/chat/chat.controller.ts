import { Body, Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { idempotencyKeyOf, viewerOf } from '../../generations/api/request-facts.js';
import { sendEvents } from '../../generations/api/send-events.js';
import { ApiErrors } from '../../openapi/index.js';
import { goneSignal } from '../gone-signal.js';
import { ChatStream } from './chat-stream.js';
import { chatCompletionSchema, createChatSchema, type CreateChatBody } from './chat.schemas.js';
import { ChatService } from './chat.service.js';

/** The OpenAI Chat Completions API, so that chat clients can ask for media. */
@ApiTags('OpenAI')
@Controller('v1/chat/completions')
export class ChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly stream: ChatStream,
  ) {}

  @Post()
  @HttpCode(200)
  @SlowAfter(Infinity)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Ask for a generation as a chat: progress as reasoning, links as content.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({
    status: 200,
    standardSchema: chatCompletionSchema,
    description: 'With `stream`, chunks as server-sent events.',
  })
  @ApiErrors(400, 401, 403, 404, 409, 413, 429, 502, 503, 504)
  async create(
    @Body({ schema: createChatSchema }) body: CreateChatBody,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const viewer = viewerOf(request, principal);
    const gone = goneSignal(reply);
    const generation = await this.chat.create(body, idempotencyKeyOf(key), principal);
    void reply.header('location', `/v1/generations/${generation.id}`);
    if (body.stream !== true) {
      await reply.send(await this.chat.complete(generation.id, { principal, viewer, gone }));
      return;
    }
    const wantsUsage = body.stream_options?.include_usage === true;
    sendEvents(request, reply, () =>
      this.stream.frames(generation, { viewer, requestId: request.id, wantsUsage }),
    );
  }
}
