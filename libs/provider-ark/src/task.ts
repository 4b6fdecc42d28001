import type { JsonObject, JsonValue } from 'penstock/kernel';
import {
  fileAssets,
  jobSnapshot,
  ProviderError,
  type JobSnapshot,
  type WebhookEvent,
} from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);

const idSchema = z.object({ id: z.string().min(1).max(512) });
const taskSchema = idSchema.extend({
  status: z.string(),
  error: z.object({ code: text, message: text }).nullish().catch(null),
  content: z.object({ video_url: text }).nullish().catch(null),
});
const listSchema = z.object({ items: z.array(z.unknown()) });

const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'expired', 'cancelled']);

/** A task as Ark tells it. */
export type Task = z.output<typeof taskSchema>;

/** Reads the id of an accepted task. @throws ProviderError `ambiguous` when there is none */
export function readId(body: JsonValue): string {
  const { data } = idSchema.safeParse(body);
  if (data !== undefined) return data.id;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no id of a task.');
}

/** Reads a task. @throws ProviderError `ambiguous` when it is none */
export function readTask(body: JsonValue): Task {
  const { data } = taskSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no task with an id and a status.');
}

/** The task that a callback shows; `null` when its body is none. */
export function eventIn(rawBody: Uint8Array): WebhookEvent | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    const { id, status } = taskSchema.parse(payload);
    // What the schema takes is an object, and what JSON.parse made of it a JsonObject.
    return { jobId: id, ended: ENDS.has(status), payload: payload as JsonObject };
  } catch {
    return null;
  }
}

/** Reads a page of the list; entries that are no tasks are left out. @throws ProviderError `ambiguous` */
export function readList(body: JsonValue): readonly Task[] {
  const { data } = listSchema.safeParse(body);
  if (data === undefined) throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no list.');
  return data.items.flatMap((item) => taskSchema.safeParse(item).data ?? []);
}

/** The URL of the video, where there is one. */
export const filesIn = ({ content }: Task): readonly string[] =>
  content?.video_url != null && /^https?:/.test(content.video_url) ? [content.video_url] : [];

/** @throws ProviderError `ambiguous` for a status that is not known, and for a success without a video */
export function toSnapshot(task: Task): JobSnapshot {
  switch (task.status) {
    case 'queued':
      return jobSnapshot('queued');
    case 'running':
      return jobSnapshot('in_progress');
    case 'succeeded':
      return succeeded(filesIn(task));
    case 'failed':
      return jobSnapshot('failed', { error: errorOf(task) });
    case 'expired':
      return jobSnapshot('failed', {
        error: { code: 'expired', message: 'The task did not end in the time that the upstream gives.' },
      });
    case 'cancelled':
      return jobSnapshot('cancelled');
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The task has no status that is known.');
  }
}

function succeeded(urls: readonly string[]): JobSnapshot {
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  throw new ProviderError({ kind: 'ambiguous' }, 'The task succeeded, but tells no video.');
}

function errorOf({ error }: Task): JobSnapshot['error'] {
  const code = error?.code ?? '';
  const isPolicy = code.includes('SensitiveContent');
  return {
    code: isPolicy ? 'content_policy' : 'generation_failed',
    message: [code, error?.message].filter(Boolean).join(': '),
  };
}
