import type { JsonValue } from 'penstock/kernel';
import { z } from 'zod';

/** A video job as the upstream tells it. Read leniently: gateways leave fields out and add their own. */
export type Video = z.output<typeof videoSchema>;

const optionalText = z.string().nullish().catch(null);

const videoSchema = z.object({
  id: z.string().min(1).max(512),
  status: z.string().nullish().catch(null),
  progress: z.number().nullish().catch(null),
  created_at: z.number().nullish().catch(null),
  completed_at: z.number().positive().nullish().catch(null),
  model: optionalText,
  prompt: optionalText,
  size: optionalText,
  seconds: z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(null),
  remixed_from_video_id: optionalText,
  error: z
    .object({ code: z.string().catch('unknown'), message: z.string().catch('') })
    .nullish()
    .catch(null),
});

const listSchema = z.object({
  data: z.array(z.unknown()),
  last_id: optionalText,
  has_more: z.boolean().catch(false),
});

/** One page of videos; those without an id were left out. */
export interface VideoPage {
  readonly videos: readonly Video[];
  /** Where the next page begins; `null` on the last one. */
  readonly next: string | null;
}

/** Reads a video; `undefined` when it has no id. */
export function readVideo(body: JsonValue): Video | undefined {
  return videoSchema.safeParse(body).data;
}

/** Reads a page of the list; `undefined` when it is none. */
export function readPage(body: JsonValue): VideoPage | undefined {
  const { data: list } = listSchema.safeParse(body);
  if (list === undefined) return undefined;
  const videos = list.data.flatMap((item) => videoSchema.safeParse(item).data ?? []);
  return { videos, next: list.has_more ? (list.last_id ?? videos.at(-1)?.id ?? null) : null };
}
