import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);

const taskSchema = z.object({
  id: z.string().min(1).max(512),
  status: z.string(),
  failure: text,
  failureCode: text,
  output: z.array(z.unknown()).nullish().catch(null),
  progress: z.number().min(0).max(1).nullish().catch(null),
});

/** A task as Runway tells it. */
export type Task = z.output<typeof taskSchema>;

/** Reads the id of an accepted task. @throws ProviderError `ambiguous` when there is none */
export function readId(body: JsonValue): string {
  const { data } = taskSchema.pick({ id: true }).safeParse(body);
  if (data !== undefined) return data.id;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no id of a task.');
}

/** Reads a task. @throws ProviderError `ambiguous` when it is none */
export function readTask(body: JsonValue): Task {
  const { data } = taskSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no task with an id and a status.');
}

/** The URLs of what the task made. */
export const filesIn = ({ output }: Task): readonly string[] =>
  (output ?? []).filter((url): url is string => typeof url === 'string' && /^https?:/.test(url));

/** @throws ProviderError `ambiguous` for a status that is not known, and for a success without files */
export function toSnapshot(task: Task): JobSnapshot {
  const { status, progress } = task;
  switch (status) {
    // Accepted and kept, but not in the queue yet: other tasks of the organisation come first.
    case 'THROTTLED':
    case 'PENDING':
      return jobSnapshot('queued');
    case 'RUNNING':
      return jobSnapshot('in_progress', { progress: progress == null ? null : Math.round(progress * 100) });
    case 'SUCCEEDED':
      return succeeded(task);
    case 'FAILED':
      return jobSnapshot('failed', { error: errorOf(task) });
    case 'CANCELLED':
      return jobSnapshot('cancelled');
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The task has no status that is known.');
  }
}

function succeeded(task: Task): JobSnapshot {
  const urls = filesIn(task);
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  throw new ProviderError({ kind: 'ambiguous' }, 'The task succeeded, but tells no file.');
}

/** Codes go from general to special, such as `SAFETY.INPUT.TEXT`. */
function errorOf({ failure, failureCode }: Task): JobSnapshot['error'] {
  const code = failureCode?.startsWith('SAFETY') === true ? 'content_policy' : 'generation_failed';
  return { code, message: [failureCode, failure].filter(Boolean).join(': ') };
}
