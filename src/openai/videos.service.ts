import { Injectable } from '@nestjs/common';

import type { Principal } from '../auth/index.js';
import { GenerationCreation } from '../generations/generation-creation.js';
import { GenerationQueries } from '../generations/generation-queries.js';
import { GenerationRemixes, type RemixRequest } from '../generations/generation-remixes.js';
import { GenerationRequests } from '../generations/generation-requests.js';
import { GenerationError } from '../generations/generation.errors.js';
import type { Generation } from '../generations/generation.entity.js';
import { VIDEO_FIELDS } from '../generations/request-fields.js';
import { GenerationsService } from '../generations/generations.service.js';
import { modelParametersOf } from './model-parameters.js';
import type { VideoRequest } from './video-uploads.js';
import type { CreateVideoBody, ListVideosQuery, VideoListView, VideoView } from './video.schemas.js';
import { videoOf } from './video.view.js';

const KIND = 'video';
/** The others, `seconds` and `size` too, are parameters of the model. */
const OWN = new Set(['model', 'prompt', 'input_reference', 'priority', 'webhook_url']);

/** Generations of kind `video`, in the words of the OpenAI API. */
@Injectable()
export class VideosService {
  constructor(
    private readonly requests: GenerationRequests,
    private readonly creation: GenerationCreation,
    private readonly remixes: GenerationRemixes,
    private readonly generations: GenerationsService,
    private readonly queries: GenerationQueries,
  ) {}

  async create(
    { body, upload }: VideoRequest,
    idempotencyKey: string | null,
    principal: Principal,
  ): Promise<VideoView> {
    const native = nativeBodyOf(body);
    const request = await this.requests.fromBody(native, idempotencyKey, upload, VIDEO_FIELDS);
    return videoOf((await this.creation.create(request, principal)).generation);
  }

  async remix(request: RemixRequest, principal: Principal): Promise<VideoView> {
    const source = await this.find(request.id, principal);
    const remix = this.remixes.requestFor(source, request);
    return videoOf((await this.creation.create(remix, principal)).generation);
  }

  async read(id: string, principal: Principal): Promise<VideoView> {
    return videoOf(await this.find(id, principal));
  }

  async remove(id: string, principal: Principal): Promise<void> {
    await this.find(id, principal);
    await this.generations.remove(id, principal);
  }

  async list({ limit, order, after }: ListVideosQuery, principal: Principal): Promise<VideoListView> {
    const last = after === undefined ? null : await this.find(after, principal);
    const rows = await this.queries.page({
      ownerId: principal.scopes.includes('admin') ? null : principal.keyId,
      kind: KIND,
      order,
      limit: limit + 1,
      after: last,
    });
    const data = rows.slice(0, limit).map(videoOf);
    return {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: rows.length > limit,
    };
  }

  /** @throws GenerationError `generation_not_found` when it is not there, is of another kind or belongs to another key */
  async find(id: string, principal: Principal): Promise<Generation> {
    const generation = await this.generations.get(id, principal);
    if (generation.kind !== KIND) throw GenerationError.notFound(id);
    return generation;
  }
}

function nativeBodyOf(body: CreateVideoBody) {
  const { model, prompt, priority, input_reference: reference, webhook_url: webhookUrl } = body;
  const inputReference =
    reference === undefined
      ? {}
      : { inputReference: { imageUrl: reference.image_url, fileId: reference.file_id } };
  const input = { prompt, ...modelParametersOf(body, OWN), ...inputReference };
  return { kind: KIND, model, input, metadata: {}, priority, webhookUrl };
}
