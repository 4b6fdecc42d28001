import { Body, Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { idempotencyKeyOf, viewerOf } from '../../generations/api/request-facts.js';
import { isFinished } from '../../generations/generation-status.js';
import { ApiErrors } from '../../openapi/index.js';
import { goneSignal } from '../gone-signal.js';
import { createImageSchema, imagesSchema, type CreateImageBody, type ImagesView } from './image.schemas.js';
import { ImagesService } from './images.service.js';

/** The OpenAI Images API, for the SDKs that speak it. */
@ApiTags('OpenAI')
@Controller('v1/images/generations')
export class ImagesController {
  constructor(private readonly images: ImagesService) {}

  @Post()
  @HttpCode(200)
  @SlowAfter(Infinity)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Ask for images and wait for them. They are made even if you go away.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 200, standardSchema: imagesSchema, description: 'The images.' })
  @ApiResponse({
    status: 202,
    standardSchema: imagesSchema,
    description: 'They take longer: `data` is empty; follow the generations.',
  })
  @ApiErrors(400, 401, 403, 404, 409, 413, 429, 502, 503, 504)
  async create(
    @Body({ schema: createImageSchema }) body: CreateImageBody,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImagesView> {
    const client = { principal, viewer: viewerOf(request, principal), gone: goneSignal(reply) };
    const asked = await this.images.create(body, idempotencyKeyOf(key), principal);
    const [first] = asked;
    if (first !== undefined) void reply.header('location', `/v1/generations/${first.id}`);
    const waited = await this.images.wait(asked, client);
    if (!waited.every(({ status }) => isFinished(status))) void reply.status(202);
    return this.images.answer(waited, body.response_format, client);
  }
}
