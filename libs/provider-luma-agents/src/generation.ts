import type { JsonValue } from 'penstock/kernel';
import { fileAssets, jobSnapshot, ProviderError, type JobSnapshot } from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const outputSchema = z.object({ type: z.string(), url: z.string().regex(/^https?:/) });

const generationSchema = z.object({
  id: z.string().min(1).max(512),
  state: z.string(),
  output: z.array(z.unknown()).nullish().catch(null),
  failure_code: text,
  failure_reason: text,
});

/** A generation as Luma tells it. */
export type Generation = z.output<typeof generationSchema>;

/** Reads a generation. @throws ProviderError `ambiguous` when it is none */
export function readGeneration(body: JsonValue): Generation {
  const { data } = generationSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no generation with an id and a state.');
}

/** The URLs of what was made, without files of another kind that lie beside. */
export const filesIn = ({ output }: Generation, kind: string): readonly string[] =>
  (output ?? []).flatMap((item) => {
    const { data } = outputSchema.safeParse(item);
    return data?.type === kind ? [data.url] : [];
  });

/** @throws ProviderError `ambiguous` for a state that is not known, and for a success without a file */
export function toSnapshot(generation: Generation, kind: string): JobSnapshot {
  switch (generation.state) {
    case 'queued':
      return jobSnapshot('queued');
    case 'processing':
      return jobSnapshot('in_progress');
    case 'completed':
      return completed(filesIn(generation, kind), kind);
    case 'failed':
      return jobSnapshot('failed', { error: errorOf(generation) });
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The generation has no state that is known.');
  }
}

function completed(urls: readonly string[], kind: string): JobSnapshot {
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, kind) });
  throw new ProviderError({ kind: 'ambiguous' }, 'The generation is completed, but tells no file.');
}

function errorOf({ failure_code: code, failure_reason: reason }: Generation): JobSnapshot['error'] {
  return {
    code: code === 'content_moderated' ? 'content_policy' : 'generation_failed',
    message: [code, reason].filter(Boolean).join(': '),
  };
}
