import type { Generation } from '../../generations/generation.entity.js';
import type { ChatCompletionView } from './chat.schemas.js';

/** No tokens of text are read or written. */
const NO_USAGE = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** A piece of an answer. */
export interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
}

const common = ({ id, model, createdAt }: Generation) => ({
  id: `chatcmpl-${id}`,
  created: Math.floor(createdAt / 1_000),
  model,
});

/** A whole answer. @param isEnd - whether there is nothing to follow any more */
export function completionOf(generation: Generation, content: string, isEnd: boolean): ChatCompletionView {
  const message = { role: 'assistant' as const, content, refusal: null };
  const finish_reason = isEnd ? ('stop' as const) : ('length' as const);
  return {
    ...common(generation),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: NO_USAGE,
    generation: generation.id,
  };
}

/** A chunk of a streamed answer as a server-sent event. */
export function chunkOf(generation: Generation, delta: Delta, finish_reason: 'stop' | null = null): string {
  return eventOf({
    ...common(generation),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
}

/** The chunk that tells of usage, for those who want it. */
export function usageChunkOf(generation: Generation): string {
  return eventOf({
    ...common(generation),
    object: 'chat.completion.chunk',
    choices: [],
    usage: NO_USAGE,
  });
}

/** Anything as a server-sent event. */
export const eventOf = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** What ends a stream. */
export const DONE = 'data: [DONE]\n\n';
/** What keeps connections open on which nothing happens. */
export const KEEP_ALIVE = ': still here\n\n';
