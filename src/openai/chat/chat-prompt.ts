import { InvalidRequestError } from '../../http/index.js';
import { contentSchema, type CreateChatBody } from './chat.schemas.js';

/** What a chat asks for. */
export interface ChatPrompt {
  readonly prompt: string;
  /** The reference image; `null` for none. */
  readonly imageUrl: string | null;
}

const LONGEST = 32_000;

/**
 * Reads the last message of the user.
 *
 * @throws InvalidRequestError when there is none, or it has no text, too much of it, several images or other parts
 */
export function promptOf({ messages }: Pick<CreateChatBody, 'messages'>): ChatPrompt {
  const index = messages.findLastIndex(({ role }) => role === 'user');
  const at = `messages.${String(index)}.content`;
  if (index < 0) throw refusal('messages', 'got no message with the role "user"; its text is the prompt.');
  const content = contentSchema.safeParse(messages[index]?.content);
  if (!content.success) {
    throw refusal(
      at,
      `expected a text, or parts of the types "text" and "image_url" with an http(s) or data URL.`,
    );
  }
  const parts =
    typeof content.data === 'string' ? [{ type: 'text' as const, text: content.data }] : content.data;
  const prompt = parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
  const images = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
  if (prompt === '') throw refusal(at, 'got no text; it is the prompt.');
  if (prompt.length > LONGEST)
    throw refusal(at, `got ${String(prompt.length)} characters, expected at most ${String(LONGEST)}.`);
  if (images.length > 1)
    throw refusal(at, `got ${String(images.length)} images, expected at most one: the reference.`);
  return { prompt, imageUrl: images[0] ?? null };
}

function refusal(path: string, message: string): InvalidRequestError {
  return InvalidRequestError.of([{ code: 'invalid_value', path, message: `${path}: ${message}` }]);
}
