import { Injectable } from '@nestjs/common';

import type { Viewer } from '../../generations/api/generation-views.js';
import { WaitingRoom } from '../../generations/engine/waiting-room.js';
import { GenerationStream } from '../../generations/api/generation-stream.js';
import { isFinished } from '../../generations/generation-status.js';
import { GenerationError } from '../../generations/generation.errors.js';
import type { Generation } from '../../generations/generation.entity.js';
import { errorAnswer } from '../../http/error-answer.js';
import { failureOf } from '../failed-generation.js';
import { chunkOf, DONE, eventOf, KEEP_ALIVE, usageChunkOf } from './chat-chunks.js';
import { progressLine } from './chat-words.js';
import { ChatService } from './chat.service.js';

/** Who reads a streamed answer. */
export interface ChatReader {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly wantsUsage: boolean;
}

/** Streams a generation as a chat does: progress as reasoning, links as content. */
@Injectable()
export class ChatStream {
  constructor(
    private readonly stream: GenerationStream,
    private readonly chat: ChatService,
    private readonly room: WaitingRoom,
  ) {}

  /** Server-sent events until its end. Whoever stops reading stops nothing else. */
  async *frames(generation: Generation, reader: ChatReader): AsyncGenerator<string> {
    yield chunkOf(generation, { role: 'assistant', content: '' });
    let latest = generation;
    let said = '';
    for await (const change of this.stream.changes(generation, 0)) {
      latest = change ?? latest;
      const line = progressLine(latest, { position: this.room.position(latest.id) });
      if (line !== said) yield chunkOf(latest, { reasoning_content: line });
      else if (change === null) yield KEEP_ALIVE;
      said = line;
    }
    yield* this.#end(latest, reader);
  }

  /** An error ends the stream, as in the OpenAI API; SDKs throw it. */
  *#end(generation: Generation, { viewer, requestId, wantsUsage }: ChatReader): Generator<string> {
    if (generation.status !== 'completed') {
      const error = isFinished(generation.status) ? failureOf(generation) : goesOn(generation);
      yield eventOf(errorAnswer(error, requestId).body);
      return;
    }
    yield chunkOf(generation, { content: this.chat.content(generation, viewer) });
    yield chunkOf(generation, {}, 'stop');
    if (wantsUsage) yield usageChunkOf(generation);
    yield DONE;
  }
}

const goesOn = ({ id }: Generation): GenerationError =>
  GenerationError.of(
    'shutting_down',
    `This process is about to end. ${id} goes on: follow it at /v1/generations/${id}.`,
    { retryAfterMs: 1_000 },
  );
