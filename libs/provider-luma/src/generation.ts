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

const generationSchema = z.object({
  id: z.string().min(1).max(512),
  state: z.string(),
  failure_reason: text,
  assets: z.object({ video: text }).nullish().catch(null),
});

const listSchema = z.object({ generations: z.array(z.unknown()), has_more: z.boolean().catch(false) });

/** A generation as Luma tells it. */
export type LumaGeneration = z.output<typeof generationSchema>;

/** Reads a generation. @throws ProviderError `ambiguous` when it is none */
export function readGeneration(body: JsonValue): LumaGeneration {
  const { data } = generationSchema.safeParse(body);
  if (data !== undefined) return data;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no generation with an id and a state.');
}

/** The generation that a callback shows; `null` when its body is none. */
export function eventIn(rawBody: Uint8Array): WebhookEvent | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    const { id, state } = generationSchema.parse(payload);
    // What the schema takes is an object, and what JSON.parse made of it a JsonObject.
    return { jobId: id, ended: state === 'completed' || state === 'failed', payload: payload as JsonObject };
  } catch {
    return null;
  }
}

/** Reads a page of the list; entries that are no generations are left out. @throws ProviderError `ambiguous` */
export function readList(body: JsonValue): { generations: readonly LumaGeneration[]; hasMore: boolean } {
  const { data } = listSchema.safeParse(body);
  if (data === undefined) throw new ProviderError({ kind: 'ambiguous' }, 'The answer is no list.');
  const generations = data.generations.flatMap((item) => generationSchema.safeParse(item).data ?? []);
  return { generations, hasMore: data.has_more };
}

/** Reads the balance of the account, in US cents. @throws ProviderError `ambiguous` */
export function readCredits(body: JsonValue): number {
  const { data } = z.object({ credit_balance: z.number() }).safeParse(body);
  if (data !== undefined) return data.credit_balance;
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no credit_balance.');
}

/** The URL of the video, where there is one. */
export const filesIn = ({ assets }: LumaGeneration): readonly string[] =>
  assets?.video != null && /^https?:/.test(assets.video) ? [assets.video] : [];

/** @throws ProviderError `ambiguous` for a state that is not known, and for a success without a video */
export function toSnapshot(generation: LumaGeneration): JobSnapshot {
  switch (generation.state) {
    case 'queued':
      return jobSnapshot('queued');
    case 'dreaming':
      return jobSnapshot('in_progress');
    case 'completed':
      return completed(filesIn(generation));
    case 'failed':
      return jobSnapshot('failed', {
        error: { code: 'generation_failed', message: generation.failure_reason ?? '' },
      });
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The generation has no state that is known.');
  }
}

function completed(urls: readonly string[]): JobSnapshot {
  if (urls.length > 0) return jobSnapshot('completed', { progress: 100, assets: fileAssets(urls, 'video') });
  throw new ProviderError({ kind: 'ambiguous' }, 'The generation is completed, but tells no video.');
}
