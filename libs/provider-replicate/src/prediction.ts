import type { JsonValue } from 'penstock/kernel';
import {
  fileAssets,
  jobSnapshot,
  ProviderError,
  type JobReference,
  type JobSnapshot,
} from 'penstock/plugin-api';
import { z } from 'zod';

const text = z.string().nullish().catch(null);

const predictionSchema = z.object({
  id: z.string().min(1).max(512),
  status: z.string(),
  model: text,
  source: text,
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  data_removed: z.boolean().nullish().catch(null),
  error: z.unknown().optional(),
  created_at: text,
  completed_at: text,
});

/** A prediction as Replicate tells it. */
export type Prediction = z.output<typeof predictionSchema>;

const listSchema = z.object({ next: text, results: z.array(z.unknown()) });

/** Reads a prediction. @throws ProviderError `ambiguous` when it is none */
export function readPrediction(body: JsonValue): Prediction {
  const { data } = predictionSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no prediction with an id and a status.');
}

/** Reads a page of the list; entries that are no predictions are left out. @throws ProviderError `ambiguous` */
export function readList(body: JsonValue): { predictions: readonly Prediction[]; cursor: string | null } {
  const { data } = listSchema.safeParse(body);
  if (data === undefined) throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no list.');
  const { next } = data;
  return {
    predictions: data.results.flatMap((item) => predictionSchema.safeParse(item).data ?? []),
    cursor: next != null && URL.canParse(next) ? new URL(next).searchParams.get('cursor') : null,
  };
}

/** The URLs of the files that a model made. */
export function filesIn({ output }: Prediction): readonly string[] {
  const all: readonly unknown[] = Array.isArray(output) ? output : [output];
  return all.filter((url): url is string => typeof url === 'string' && /^https?:/.test(url));
}

/** @throws ProviderError `ambiguous` for a status that is not known, and for a success without files */
export function toSnapshot(prediction: Prediction, kind: JobReference['kind']): JobSnapshot {
  const { status } = prediction;
  switch (status) {
    case 'starting':
      return jobSnapshot('queued');
    case 'processing':
      return jobSnapshot('in_progress');
    case 'succeeded':
      return succeeded(prediction, kind);
    case 'failed':
      return failed(prediction, 'generation_failed', textOf(prediction.error));
    case 'canceled':
    case 'aborted':
      return jobSnapshot('cancelled');
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The prediction has no status that is known.');
  }
}

function succeeded(prediction: Prediction, kind: JobReference['kind']): JobSnapshot {
  const urls = filesIn(prediction);
  if (urls.length > 0) {
    return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, kind), ...endOf(prediction) });
  }
  if (prediction.data_removed === true) {
    return failed(prediction, 'output_removed', 'The upstream has removed the output.');
  }
  throw new ProviderError({ kind: 'ambiguous' }, 'The prediction succeeded, but tells no file.');
}

const failed = (prediction: Prediction, code: string, message: string): JobSnapshot =>
  jobSnapshot('failed', { error: { code, message }, ...endOf(prediction) });

function endOf({ completed_at: at }: Prediction): Pick<JobSnapshot, 'completedAt'> {
  const ms = Date.parse(at ?? '');
  return { completedAt: ms > 0 ? ms : null };
}

const textOf = (error: unknown): string => (typeof error === 'string' ? error : '');
