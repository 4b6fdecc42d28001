import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);

const taskSchema = z.object({
  output: z.object({
    task_id: z.string().min(1).max(512),
    task_status: z.string(),
    video_url: text,
    code: text,
    message: text,
  }),
});

/** A task as DashScope tells it. */
export type Task = z.output<typeof taskSchema>['output'];

/** Reads a task. @throws ProviderError `ambiguous` when it is none */
export function readTask(body: JsonValue): Task {
  const { data } = taskSchema.safeParse(body);
  if (data !== undefined) return data.output;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no task with an id and a status.');
}

/** The URL of the video, where there is one. */
export const filesIn = ({ video_url: url }: Task): readonly string[] =>
  url != null && /^https?:/.test(url) ? [url] : [];

/** @throws ProviderError `ambiguous` for a status that is not known, and for a success without a video */
export function toSnapshot(task: Task): JobSnapshot {
  switch (task.task_status) {
    case 'PENDING':
      return jobSnapshot('queued');
    case 'RUNNING':
      return jobSnapshot('in_progress');
    case 'SUCCEEDED':
      return succeeded(filesIn(task));
    case 'FAILED':
      return jobSnapshot('failed', { error: errorOf(task) });
    case 'CANCELED':
      return jobSnapshot('cancelled');
    // The upstream's word for a task that it does not know; tasks are kept for 24 hours.
    case 'UNKNOWN':
      return jobSnapshot('not_found');
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The task has no status that is known.');
  }
}

function succeeded(urls: readonly string[]): JobSnapshot {
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  throw new ProviderError({ kind: 'ambiguous' }, 'The task succeeded, but tells no video.');
}

function errorOf({ code, message }: Task): JobSnapshot['error'] {
  const isPolicy = code?.startsWith('DataInspectionFailed') === true;
  return {
    code: isPolicy ? 'content_policy' : 'generation_failed',
    message: [code, message].filter(Boolean).join(': '),
  };
}
