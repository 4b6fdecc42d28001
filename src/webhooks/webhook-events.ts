import { assertNever } from 'penstock/kernel';

import { viewOf } from '../generations/api/generation-views.js';
import type { GenerationStatus } from '../generations/generation-status.js';
import type { EventFormat, Generation } from '../generations/generation.entity.js';

/** An event as a receiver gets it. */
export interface WebhookEvent {
  readonly type: string;
  readonly body: string;
}

/** When and under which id an event is told, and where links in it lead. */
export interface EventContext {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Scheme and host; empty for links that are paths. */
  readonly origin: string;
}

/** The type of the event that tells of a status; `null` where the format has none. */
export function eventTypeOf(status: GenerationStatus, format: EventFormat): string | null {
  switch (format) {
    case 'native':
      return `generation.${status}`;
    case 'openai':
      return openAiTypeOf(status);
    default:
      return assertNever(format);
  }
}

/** The OpenAI API tells of ends only, and to it a cancelled video is a failed one. */
function openAiTypeOf(status: GenerationStatus): string | null {
  switch (status) {
    case 'completed':
      return 'video.completed';
    case 'failed':
    case 'cancelled':
      return 'video.failed';
    case 'queued':
    case 'submitting':
    case 'in_progress':
      return null;
    default:
      return assertNever(status);
  }
}

/** The event that tells of the state of a generation; `null` where its format has none. */
export function eventOf(generation: Generation, { id, at, origin }: EventContext): WebhookEvent | null {
  const { eventFormat, revision } = generation;
  const type = eventTypeOf(generation.status, eventFormat);
  if (type === null) return null;
  const event =
    eventFormat === 'openai'
      ? { id, object: 'event', created_at: Math.floor(at / 1_000), type, data: { id: generation.id } }
      : {
          id,
          object: 'event',
          type,
          timestamp: new Date(at).toISOString(),
          revision,
          data: viewOf(generation, { isAdmin: false, origin }),
        };
  return { type, body: JSON.stringify(event) };
}
