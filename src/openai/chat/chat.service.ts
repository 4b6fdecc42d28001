import { Inject, Injectable } from '@nestjs/common';
import { Settings } from 'penstock/settings';

import type { Principal } from '../../auth/index.js';
import type { Viewer } from '../../generations/api/generation-views.js';
import { GenerationCreation } from '../../generations/generation-creation.js';
import { GenerationRequests } from '../../generations/generation-requests.js';
import { isFinished } from '../../generations/generation-status.js';
import type { Generation } from '../../generations/generation.entity.js';
import { GenerationsService } from '../../generations/generations.service.js';
import { ModelCatalog } from '../../generations/model-catalog.js';
import { CHAT_FIELDS } from '../../generations/request-fields.js';
import { ResultLinks } from '../../links/index.js';
import { facadeSettings, type ReadsFacadeSettings } from '../facade.settings.js';
import { failureOf } from '../failed-generation.js';
import { completionOf } from './chat-chunks.js';
import { promptOf } from './chat-prompt.js';
import { linkTo } from './chat-words.js';
import type { ChatCompletionView, CreateChatBody } from './chat.schemas.js';

/** Generations in the words of a chat. */
@Injectable()
export class ChatService {
  constructor(
    private readonly requests: GenerationRequests,
    private readonly creation: GenerationCreation,
    private readonly generations: GenerationsService,
    private readonly catalog: ModelCatalog,
    private readonly links: ResultLinks,
    @Inject(Settings) private readonly settings: ReadsFacadeSettings,
  ) {}

  /** When this resolves, the generation is durable, whoever goes away. */
  async create(
    body: CreateChatBody,
    idempotencyKey: string | null,
    principal: Principal,
  ): Promise<Generation> {
    const { prompt, imageUrl } = promptOf(body);
    const input = {
      prompt,
      ...this.#parametersOf(body),
      ...(imageUrl === null ? {} : { inputReference: { imageUrl } }),
    };
    const native = { model: body.model, input, metadata: {}, priority: body.priority ?? undefined };
    const request = await this.requests.fromBody(native, idempotencyKey, null, CHAT_FIELDS);
    return (await this.creation.create(request, principal)).generation;
  }

  /**
   * Waits for the end, at most as long as the setting `facade.chatWaitMs` says.
   *
   * @throws CodedError with the code of the generation when it did not complete
   */
  async complete(
    id: string,
    { principal, viewer, gone }: { principal: Principal; viewer: Viewer; gone: AbortSignal },
  ): Promise<ChatCompletionView> {
    const { chatWaitMs } = this.settings.get(facadeSettings);
    const generation = await this.generations.wait(id, principal, chatWaitMs, gone);
    if (generation.status === 'completed')
      return completionOf(generation, this.content(generation, viewer), true);
    if (isFinished(generation.status)) throw failureOf(generation);
    const url = `${viewer.origin}/v1/generations/${id}`;
    return completionOf(generation, `It takes longer, and goes on. Follow it at ${url}.`, false);
  }

  /** What a completed generation is answered with: a link for each of its files. */
  content(generation: Generation, { origin }: Viewer): string {
    return generation.assets
      .map((asset, index) => linkTo(asset, this.links.of(generation, index, origin).url))
      .join('\n\n');
  }

  /** Fields of the body that are parameters of the model. One that is not there is refused later. */
  #parametersOf(body: CreateChatBody): Record<string, string> {
    const known = this.catalog.all().find(({ id }) => id === body.model)?.parameters ?? {};
    const given = Object.keys(known).flatMap((name) => {
      const value = Object.hasOwn(body, name) ? body[name] : undefined;
      return isParameter(value) ? [[name, String(value)] as const] : [];
    });
    return Object.fromEntries(given);
  }
}

const isParameter = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
