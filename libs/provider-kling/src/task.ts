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
const videoSchema = z.object({ url: text, watermark_url: text });

const ENDPOINTS: ReadonlySet<string> = new Set(['text2video', 'image2video']);

const taskSchema = z.object({
  task_id: z.string().min(1).max(400),
  task_status: z.string(),
  task_status_msg: text,
  watermark_info: z
    .object({ enabled: z.boolean().catch(false) })
    .nullish()
    .catch(null),
  task_result: z
    .object({ videos: z.array(videoSchema).catch([]) })
    .nullish()
    .catch(null),
});
const answerSchema = z.object({ code: z.literal(0), data: taskSchema });

/** A task as Kling tells it. */
export type Task = z.output<typeof taskSchema>;

/** Reads a task. @throws ProviderError `ambiguous` when it is none */
export function readTask(body: JsonValue): Task {
  const { data } = answerSchema.safeParse(body);
  if (data !== undefined) return data.data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no task with an id and a status.');
}

/** The task of an endpoint that a callback shows; `null` when its body is none, or there is no such endpoint. */
export function eventIn(rawBody: Uint8Array, endpoint: string): WebhookEvent | null {
  if (!ENDPOINTS.has(endpoint)) return null;
  try {
    const payload: unknown = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    const { task_id: id, task_status: status } = taskSchema.parse(payload);
    const ended = status === 'succeed' || status === 'failed';
    // What the schema takes is an object, and what JSON.parse made of it a JsonObject.
    return { jobId: `${endpoint}/${id}`, ended, payload: payload as JsonObject };
  } catch {
    return null;
  }
}

/** The URLs of the videos, those with the mark where it was asked for. */
export function filesIn({ task_result: result, watermark_info: watermark }: Task): readonly string[] {
  const isMarked = watermark?.enabled === true;
  return (result?.videos ?? [])
    .map(({ url, watermark_url: marked }) => (isMarked && marked ? marked : url))
    .filter((url): url is string => url != null && /^https?:/.test(url));
}

/** @throws ProviderError `ambiguous` for a status that is not known, and for a success without a video */
export function toSnapshot(task: Task): JobSnapshot {
  switch (task.task_status) {
    case 'submitted':
      return jobSnapshot('queued');
    case 'processing':
      return jobSnapshot('in_progress');
    case 'succeed':
      return succeeded(filesIn(task));
    case 'failed':
      return jobSnapshot('failed', {
        error: { code: 'generation_failed', message: task.task_status_msg ?? '' },
      });
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The task has no status that is known.');
  }
}

function succeeded(urls: readonly string[]): JobSnapshot {
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  throw new ProviderError({ kind: 'ambiguous' }, 'The task succeeded, but tells no video.');
}
