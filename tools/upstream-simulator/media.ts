import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Job } from './core/job.js';
import { generatedBody, heldBody, type Body } from './http/body.js';

/** What can be downloaded of a finished job. */
export type Variant = 'video' | 'thumbnail' | 'spritesheet';

const FILES: Readonly<Record<Variant, { readonly name: string; readonly contentType: string }>> = {
  video: { name: 'sample.mp4', contentType: 'video/mp4' },
  thumbnail: { name: 'thumbnail.webp', contentType: 'image/webp' },
  spritesheet: { name: 'spritesheet.jpg', contentType: 'image/jpeg' },
};

/** The sample files, held in memory. */
export class Media {
  private constructor(private readonly files: Readonly<Record<Variant, Buffer>>) {}

  /** Reads the files, from the sources also when the program was compiled: the compiler copies no assets. */
  static async load(): Promise<Media> {
    const folder = join(packageRoot(), 'tools', 'upstream-simulator', 'media');
    const [video, thumbnail, spritesheet] = await Promise.all([
      readFile(join(folder, FILES.video.name)),
      readFile(join(folder, FILES.thumbnail.name)),
      readFile(join(folder, FILES.spritesheet.name)),
    ]);
    return new Media({ video, thumbnail, spritesheet });
  }

  /** What `job` offers as `variant`: the sample, or for a video of a set length a generated body. */
  bodyOf(job: Job, variant: Variant): Body {
    const { contentType } = FILES[variant];
    if (variant === 'video' && job.contentBytes !== null) {
      return generatedBody(job.contentBytes, contentType, `"${job.id}-${job.contentBytes}"`);
    }
    return heldBody(this.files[variant], contentType, `"${job.id}-${variant}"`);
  }
}

/** The folder of the package.json that is named penstock, above this file. */
function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && nameIn(manifest) === 'penstock') return folder;
    if (folder === dirname(folder))
      throw new Error('No package.json with the name penstock above the simulator.');
  }
}

function nameIn(manifest: string): unknown {
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed ? parsed.name : undefined;
}
