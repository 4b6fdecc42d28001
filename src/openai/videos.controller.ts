import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../auth/index.js';
import { idempotencyKeyOf } from '../generations/api/request-facts.js';
import { POLL_HINT_HEADERS, PollHints } from '../generations/api/poll-hints.js';
import { sendDownload } from '../generations/api/send-download.js';
import { GenerationAssets } from '../generations/generation-assets.js';
import { ApiErrors, requestSchema } from '../openapi/index.js';
import { VideoUploads } from './video-uploads.js';
import {
  contentSchema,
  createVideoSchema,
  deletedVideoSchema,
  listVideosSchema,
  remixVideoSchema,
  videoListSchema,
  videoSchema,
  type ContentQuery,
  type DeletedVideoView,
  type ListVideosQuery,
  type RemixVideoBody,
  type VideoListView,
  type VideoView,
} from './video.schemas.js';
import { VideosService } from './videos.service.js';

/** The OpenAI Videos API, for the SDKs that speak it. */
@ApiTags('OpenAI')
@Controller('v1/videos')
export class VideosController {
  constructor(
    private readonly uploads: VideoUploads,
    private readonly videos: VideosService,
    private readonly assets: GenerationAssets,
    private readonly hints: PollHints,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Ask for a video. It is durable once this answers.' })
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({
    description: 'As a form, `input_reference` may also be a file of at most 20 MiB.',
    schema: requestSchema(createVideoSchema),
  })
  @ApiResponse({ status: 200, standardSchema: videoSchema, headers: POLL_HINT_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 413, 429, 503)
  async create(
    @Req() request: FastifyRequest,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VideoView> {
    const idempotencyKey = idempotencyKeyOf(key);
    const video = await this.videos.create(await this.uploads.read(request), idempotencyKey, principal);
    return this.#hinted(video, reply);
  }

  @Get()
  @RequireScope('read')
  @ApiOperation({ summary: 'List your videos.' })
  @ApiResponse({ status: 200, standardSchema: videoListSchema })
  @ApiErrors(400, 401, 403, 404)
  list(
    @Query({ schema: listVideosSchema }) query: ListVideosQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<VideoListView> {
    return this.videos.list(query, principal);
  }

  @Get(':id')
  @RequireScope('read')
  @ApiOperation({ summary: 'Read a video.' })
  @ApiResponse({ status: 200, standardSchema: videoSchema, headers: POLL_HINT_HEADERS })
  @ApiErrors(401, 403, 404)
  async read(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VideoView> {
    return this.#hinted(await this.videos.read(id, principal), reply);
  }

  @Delete(':id')
  @RequireScope('generate')
  @ApiOperation({ summary: 'Forget a completed or failed video.' })
  @ApiResponse({ status: 200, standardSchema: deletedVideoSchema })
  @ApiErrors(401, 403, 404, 409)
  async remove(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<DeletedVideoView> {
    await this.videos.remove(id, principal);
    return { object: 'video.deleted', deleted: true, id };
  }

  @Get(':id/content')
  @SlowAfter(Infinity)
  @RequireScope('read')
  @ApiOperation({ summary: 'Fetch the video, its thumbnail or its spritesheet.' })
  @ApiResponse({ status: 200, content: { 'video/mp4': {}, 'image/webp': {}, 'image/jpeg': {} } })
  @ApiResponse({ status: 206, description: 'The part that Range asks for.' })
  @ApiErrors(400, 401, 403, 404, 409, 416, 502)
  async content(
    @Param('id') id: string,
    @Query({ schema: contentSchema }) { variant }: ContentQuery,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const generation = await this.videos.find(id, principal);
    await sendDownload(request, reply, (conditions) =>
      this.assets.open(generation, { asset: variant, ...conditions }),
    );
  }

  @Post(':id/remix')
  @HttpCode(200)
  @RequireScope('generate')
  @ApiOperation({ summary: 'Make a new video from a completed one, on the token that made it.' })
  @ApiResponse({ status: 200, standardSchema: videoSchema, headers: POLL_HINT_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 429, 503)
  async remix(
    @Param('id') id: string,
    @Body({ schema: remixVideoSchema }) { prompt, priority, webhook_url: webhookUrl }: RemixVideoBody,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VideoView> {
    const remix = { id, prompt, idempotencyKey: idempotencyKeyOf(key), priority, webhookUrl };
    return this.#hinted(await this.videos.remix(remix, principal), reply);
  }

  #hinted(video: VideoView, reply: FastifyReply): VideoView {
    this.hints.send(video, reply);
    return video;
  }
}
