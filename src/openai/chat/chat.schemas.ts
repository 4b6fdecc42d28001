import { z } from 'zod';

import { prioritySchema } from '../../generations/api/generation.schemas.js';
import { referenceUrlSchema } from '../../generations/reference-url.js';

const LONGEST = 32_000;

const textPart = z.object({ type: z.literal('text'), text: z.string().max(LONGEST) });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: referenceUrlSchema }),
});

/** Messages before the last one of the user are not looked at, whatever they hold. */
const message = z.looseObject({ role: z.string().min(1).max(40), content: z.unknown() });

/** The content of the message that is answered. */
export const contentSchema = z.union([
  z.string().max(LONGEST),
  z.array(z.discriminatedUnion('type', [textPart, imagePart])).max(100),
]);

/** The body of `POST /v1/chat/completions`. Chat clients send much that means nothing here, so it is let through. */
export const createChatSchema = z
  .looseObject({
    model: z.string().min(1).max(200).meta({ example: 'sora-2' }),
    messages: z
      .array(message)
      .min(1)
      .max(1_000)
      .meta({
        description:
          'The prompt is the text of the last message of the user; an image in it is the reference.',
        example: [{ role: 'user', content: 'A lighthouse at dusk' }],
      }),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    priority: prioritySchema.nullish(),
    n: z.literal(1, 'one generation is made for each request; leave it out').nullish(),
  })
  .meta({
    id: 'CreateChatCompletion',
    description: 'Fields with the names of parameters of the model are those; others mean nothing.',
  });

/** A completion, as the OpenAI API has it. */
export const chatCompletionSchema = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        logprobs: z.null(),
        finish_reason: z.enum(['stop', 'length']),
      }),
    ),
    usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
    generation: z.string().meta({ description: 'The id of the generation.' }),
  })
  .meta({ id: 'ChatCompletion' });

export type CreateChatBody = z.output<typeof createChatSchema>;
export type ChatCompletionView = z.output<typeof chatCompletionSchema>;
