import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, Public, RequireScope, type Principal } from '../auth/index.js';
import { assetIndexSchema } from '../generations/api/generation.schemas.js';
import { viewerOf } from '../generations/api/request-facts.js';
import { sendDownload } from '../generations/api/send-download.js';
import { GenerationAssets } from '../generations/generation-assets.js';
import { GenerationsService } from '../generations/generations.service.js';
import { ApiErrors } from '../openapi/index.js';
import { linkSchema, makeLinkSchema, type LinkView, type MakeLinkBody } from './links.schemas.js';
import { ResultLinks } from './result-links.js';

/** Links to files, for whoever has no key. */
@ApiTags('Generations')
@Controller()
export class LinksController {
  constructor(
    private readonly links: ResultLinks,
    private readonly generations: GenerationsService,
    private readonly assets: GenerationAssets,
  ) {}

  @Post('v1/generations/:id/assets/:index/link')
  @HttpCode(200)
  @RequireScope('read')
  @ApiOperation({ summary: 'Make a link to a file that needs no key, and ends.' })
  @ApiResponse({ status: 200, standardSchema: linkSchema, description: 'The link.' })
  @ApiErrors(400, 401, 403, 404, 409)
  async make(
    @Param('id') id: string,
    @Param('index', { schema: assetIndexSchema }) index: number,
    @Body({ schema: makeLinkSchema }) body: MakeLinkBody,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<LinkView> {
    const generation = await this.generations.get(id, principal);
    const { position } = this.assets.find(generation, index);
    const { origin } = viewerOf(request, principal);
    const seconds = body?.expiresIn;
    const lifetimeMs = seconds === undefined ? undefined : seconds * 1_000;
    const { url, expiresAt } = this.links.of(generation, position, origin, lifetimeMs);
    return { url, expiresAt: new Date(expiresAt).toISOString() };
  }

  @Get('links/:id/:index')
  @SlowAfter(Infinity)
  @Public()
  @ApiOperation({ summary: 'Fetch a file by a link. The signature is the key.' })
  @ApiQuery({ name: 'expires', schema: { type: 'string' } })
  @ApiQuery({ name: 'signature', schema: { type: 'string' } })
  @ApiHeader({ name: 'Range', required: false, example: 'bytes=0-1023' })
  @ApiResponse({ status: 200, content: { 'application/octet-stream': {} } })
  @ApiResponse({ status: 206, description: 'The part that Range asks for.' })
  @ApiErrors(403, 404, 409, 410, 416, 502)
  async fetch(
    @Param('id') id: string,
    @Param('index') index: string,
    @Query('expires') expires: unknown,
    @Query('signature') signature: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { generation, position } = await this.links.read({ id, position: index, expires, signature });
    // Browsers show what comes from here: no page among it may act as one of ours, and the link stays with them.
    void reply.headers({ 'content-security-policy': 'sandbox', 'referrer-policy': 'no-referrer' });
    await sendDownload(request, reply, (conditions) =>
      this.assets.open(generation, { asset: position, ...conditions }),
    );
  }
}
