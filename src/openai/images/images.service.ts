import { Inject, Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';

import type { Principal } from '../../auth/index.js';
import { errorOf, type Viewer } from '../../generations/api/generation-views.js';
import { GenerationCreation } from '../../generations/generation-creation.js';
import { GenerationRequests } from '../../generations/generation-requests.js';
import { isFinished } from '../../generations/generation-status.js';
import type { Generation } from '../../generations/generation.entity.js';
import { GenerationsService } from '../../generations/generations.service.js';
import { IMAGE_FIELDS } from '../../generations/request-fields.js';
import { ResultLinks } from '../../links/index.js';
import { facadeSettings, type ReadsFacadeSettings } from '../facade.settings.js';
import { failureOf } from '../failed-generation.js';
import { ImageFiles } from './image-files.js';
import { imageParametersOf } from './image-parameters.js';
import type { CreateImageBody, ImagesView } from './image.schemas.js';

/** Who asks, and until when they listen. */
export interface ImageClient {
  readonly principal: Principal;
  readonly viewer: Viewer;
  readonly gone: AbortSignal;
}

/** Generations of kind `image`, waited for. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly requests: GenerationRequests,
    private readonly creation: GenerationCreation,
    private readonly generations: GenerationsService,
    private readonly files: ImageFiles,
    private readonly links: ResultLinks,
    @Inject(Settings) private readonly settings: ReadsFacadeSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for `n` generations. If one is refused, those before it are cancelled as far as they can be.
   *
   * @throws what {@link GenerationRequests.fromBody} and {@link GenerationCreation.create} throw
   */
  async create(
    body: CreateImageBody,
    idempotencyKey: string | null,
    principal: Principal,
  ): Promise<readonly Generation[]> {
    const { model, prompt, webhook_url: webhookUrl } = body;
    const native = {
      kind: 'image',
      model,
      metadata: {},
      priority: body.priority ?? undefined,
      webhookUrl,
      input: { prompt, ...imageParametersOf(body) },
    };
    const made: Generation[] = [];
    const fresh: string[] = [];
    try {
      for (let index = 0; index < (body.n ?? 1); index += 1) {
        // No client can send a key with a space in it.
        const key =
          idempotencyKey === null || index === 0 ? idempotencyKey : `${idempotencyKey} ${String(index)}`;
        const request = await this.requests.fromBody(native, key, null, IMAGE_FIELDS);
        const { generation, replayed } = await this.creation.create(request, principal);
        made.push(generation);
        if (!replayed) fresh.push(generation.id);
      }
      return made;
    } catch (error) {
      for (const id of fresh) await this.generations.cancel(id, principal).catch(() => undefined);
      throw error;
    }
  }

  /** Waits for the end of all, at most as long as the setting `facade.imageWaitMs` says, and says how they stand. */
  wait(
    asked: readonly Generation[],
    { principal, gone }: Pick<ImageClient, 'principal' | 'gone'>,
  ): Promise<readonly Generation[]> {
    const { imageWaitMs } = this.settings.get(facadeSettings);
    return Promise.all(asked.map(({ id }) => this.generations.wait(id, principal, imageWaitMs, gone)));
  }

  /**
   * What the client is given: the images of those that completed, which are none while one has not ended.
   *
   * @throws CodedError with the code of the first one when all have failed
   */
  async answer(
    asked: readonly Generation[],
    format: CreateImageBody['response_format'],
    { viewer, gone }: ImageClient,
  ): Promise<ImagesView> {
    const [first] = asked;
    const completed = asked.filter(({ status }) => status === 'completed');
    const areAllEnded = asked.every(({ status }) => isFinished(status));
    if (areAllEnded && completed.length === 0 && first !== undefined) throw failureOf(first);
    const images = areAllEnded ? completed.flatMap(imagesOf) : [];
    const data =
      format === 'b64_json'
        ? (await this.files.base64(images, gone)).map((b64_json) => ({ b64_json }))
        : images.map(({ generation, index }) => ({
            url: this.links.of(generation, index, viewer.origin).url,
          }));
    return {
      created: Math.floor((first?.createdAt ?? this.clock.now()) / 1_000),
      data: data.map((image, index) => ({ ...image, generation: images[index]?.generation.id ?? '' })),
      generations: asked.map((generation) => ({
        id: generation.id,
        status: generation.status,
        error: errorOf(generation),
        url: `${viewer.origin}/v1/generations/${generation.id}`,
      })),
    };
  }
}

/** Every file of it; those that are known to be no images are left out if there are images. */
function imagesOf(
  generation: Generation,
): readonly { readonly generation: Generation; readonly index: number }[] {
  const all = generation.assets.map(({ contentType }, index) => ({ generation, index, contentType }));
  const images = all.filter(({ contentType }) => contentType.startsWith('image/'));
  return images.length === 0 ? all : images;
}
