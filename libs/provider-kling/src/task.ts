import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const videoSchema = z.object({ url: text, watermark_url: text });

const answerSchema = z.object({
  code: z.literal(0),
  data: z.object({
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
  }),
});

/** A task as Kling tells it. */
export type Task = z.output<typeof answerSchema>['data'];

/** Reads a task. @throws ProviderError `ambiguous` when it is none */
export function readTask(body: JsonValue): Task {
  const { data } = answerSchema.safeParse(body);
  if (data !== undefined) return data.data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no task with an id and a status.');
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
