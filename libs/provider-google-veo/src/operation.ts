import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const sampleSchema = z.object({ video: z.object({ uri: z.url({ protocol: /^https?$/ }) }) });

const operationSchema = z.object({
  name: z
    .string()
    .max(512)
    .regex(/^(models\/[\w.-]+\/)?operations\/[\w.-]+$/),
  done: z.boolean().optional(),
  error: z.object({ message: z.string() }).nullish().catch({ message: 'The upstream tells no reason.' }),
  response: z
    .object({
      generateVideoResponse: z.object({
        generatedSamples: z.array(z.unknown()).nullish().catch(null),
        raiMediaFilteredReasons: z.array(z.string()).nullish().catch(null),
        raiMediaFilteredCount: z.int().nullish().catch(null),
      }),
    })
    .nullish()
    .catch(null),
});

/** A long-running operation as the Gemini API tells it. */
export type Operation = z.output<typeof operationSchema>;

/** Reads an operation. @throws ProviderError `ambiguous` when it is none */
export function readOperation(body: JsonValue): Operation {
  const { data } = operationSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no operation with a name.');
}

/** The URIs of the videos, where there are any. */
export const filesIn = ({ response }: Operation): readonly string[] =>
  (response?.generateVideoResponse.generatedSamples ?? []).flatMap(
    (sample) => sampleSchema.safeParse(sample).data?.video.uri ?? [],
  );

/** @throws ProviderError `ambiguous` for an operation that is done without a video, and without saying why */
export function toSnapshot(operation: Operation): JobSnapshot {
  if (operation.done !== true) return jobSnapshot('in_progress');
  if (operation.error != null) {
    return jobSnapshot('failed', {
      error: { code: 'generation_failed', message: operation.error.message },
    });
  }
  const urls = filesIn(operation);
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  const filtered = filteredIn(operation);
  if (filtered !== null) {
    return jobSnapshot('failed', { error: { code: 'content_policy', message: filtered } });
  }
  throw new ProviderError({ kind: 'ambiguous' }, 'The operation is done, but tells no video.');
}

/** Why the filters of Responsible AI took the videos out; `null` when they did not. */
function filteredIn({ response }: Operation): string | null {
  const { raiMediaFilteredReasons: reasons, raiMediaFilteredCount: count } =
    response?.generateVideoResponse ?? {};
  if (reasons != null && reasons.length > 0) return reasons.join(' ');
  return count != null && count > 0 ? 'The filters of Responsible AI took the video out.' : null;
}
