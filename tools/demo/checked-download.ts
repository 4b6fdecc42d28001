import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type OpenAI from 'openai';

/** What to fetch, where to put it, and what it must be. */
export interface DownloadOrder {
  readonly client: OpenAI;
  readonly id: string;
  readonly folder: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly expected: string;
}

/** Fetches a video through the SDK. @returns the path of the file @throws Error when it is not what was expected */
export async function checkedDownload({ client, id, folder, expected }: DownloadOrder): Promise<string> {
  const content = Buffer.from(await (await client.videos.downloadContent(id)).arrayBuffer());
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== expected) throw new Error(`${id}: the file has SHA-256 ${sha256}, expected ${expected}.`);
  const file = join(folder, `${id}.mp4`);
  await writeFile(file, content);
  return file;
}
