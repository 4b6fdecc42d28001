import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const file = z.object({ url: z.string().regex(/^https?:/) });
const files = z.array(z.unknown()).nullish().catch(null);

/** What names a request. */
export const idSchema = z.object({ request_id: z.string().min(1).max(512) });
const statusSchema = z.object({ status: z.string(), error: text, error_type: text });
const resultSchema = z.object({
  video: z.unknown().optional(),
  image: z.unknown().optional(),
  videos: files,
  images: files,
});
const problemSchema = z.object({
  detail: z.union([z.string(), z.array(z.object({ msg: text, type: text }))]),
});

/** Where a request of the queue stands. */
export type QueueStatus = z.output<typeof statusSchema>;

/** Reads the id of an accepted request. @throws ProviderError `ambiguous` when there is none */
export function readId(body: JsonValue): string {
  const { data } = idSchema.safeParse(body);
  if (data !== undefined) return data.request_id;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no id of a request.');
}

/** Reads a status. @throws ProviderError `ambiguous` when it is none */
export function readStatus(body: JsonValue): QueueStatus {
  const { data } = statusSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer tells no status of a request.');
}

/**
 * The state of a request as its status tells it; `undefined` for one that has ended and whose result tells how.
 *
 * @throws ProviderError `ambiguous` for a status that is not known
 */
export function stateOf({ status, error, error_type: type }: QueueStatus): JobSnapshot | undefined {
  switch (status) {
    case 'IN_QUEUE':
      return jobSnapshot('queued');
    case 'IN_PROGRESS':
      return jobSnapshot('in_progress');
    case 'COMPLETED':
      return error == null && type == null
        ? undefined
        : jobSnapshot('failed', {
            error: failure([{ msg: [type, error].filter(Boolean).join(': '), type }]),
          });
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The request has no status that is known.');
  }
}

/** The URLs of what the request made. */
export function filesIn(body: JsonValue): readonly string[] {
  const { data } = resultSchema.safeParse(body);
  if (data === undefined) return [];
  const all = [data.video, data.image, ...(data.videos ?? []), ...(data.images ?? [])];
  return all.flatMap((each) => {
    const { data: found } = file.safeParse(each);
    return found === undefined ? [] : [found.url];
  });
}

/** What a result means. @throws ProviderError `ambiguous` when it tells no file */
export function completed(body: JsonValue, kind: string): JobSnapshot {
  const urls = filesIn(body);
  if (urls.length === 0) throw new ProviderError({ kind: 'ambiguous' }, 'The result tells no file.');
  return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, kind) });
}

/** What the refusal of a result means: the request has ended badly. */
export function failed(body: JsonValue): JobSnapshot {
  return jobSnapshot('failed', { error: errorIn(body) });
}

interface Problem {
  readonly msg?: string | null | undefined;
  readonly type?: string | null | undefined;
}

function errorIn(body: JsonValue): NonNullable<JobSnapshot['error']> {
  const { data } = problemSchema.safeParse(body);
  return failure(typeof data?.detail === 'string' ? [{ msg: data.detail }] : (data?.detail ?? []));
}

function failure(problems: readonly Problem[]): NonNullable<JobSnapshot['error']> {
  const isPolicy = problems.some(({ type }) => type === 'content_policy_violation');
  const message = problems.flatMap(({ msg }) => msg ?? []).join('; ');
  return { code: isPolicy ? 'content_policy' : 'generation_failed', message };
}
