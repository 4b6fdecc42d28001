import type { JsonValue } from 'penstock/kernel';
import { jobSnapshot, ProviderError, type JobAsset, type SubmittedJob } from 'penstock/plugin-api';
import { z } from 'zod';

const answerSchema = z.object({
  data: z.array(z.object({ b64_json: z.base64().min(1) })).min(1),
  output_format: z.enum(['png', 'jpeg', 'webp']).nullish().catch(null),
});

/**
 * The images of an answer, as a job that has ended.
 *
 * @param format - what was asked for, where the answer does not tell it
 * @throws ProviderError `ambiguous` when there is none: it may be made, and paid
 */
export function readImages(body: JsonValue, jobId: string, format: string): SubmittedJob {
  const { data: answer } = answerSchema.safeParse(body);
  if (answer === undefined) {
    throw new ProviderError({ kind: 'ambiguous' }, 'The answer holds no image in base64.');
  }
  const content = answer.data.map(({ b64_json: base64 }) => Buffer.from(base64, 'base64'));
  const contentType = `image/${answer.output_format ?? format}`;
  const assets = content.map(({ byteLength: bytes }, index): JobAsset => ({
    name: nameAt(index),
    contentType,
    bytes,
  }));
  return { jobId, snapshot: jobSnapshot('completed', { progress: 100, assets }), content };
}

const nameAt = (index: number): string => (index === 0 ? 'image' : `image-${index + 1}`);
