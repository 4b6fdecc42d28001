import { Inject, Injectable } from '@nestjs/common';
import { CodedError } from 'penstock/kernel';
import { Settings } from 'penstock/settings';

import { GenerationAssets } from '../../generations/generation-assets.js';
import type { Generation } from '../../generations/generation.entity.js';
import { facadeSettings, type ReadsFacadeSettings } from '../facade.settings.js';

/** Fetches images into memory, within a bound for all of one answer. */
@Injectable()
export class ImageFiles {
  constructor(
    private readonly assets: GenerationAssets,
    @Inject(Settings) private readonly settings: ReadsFacadeSettings,
  ) {}

  /**
   * Images in base64, in their order.
   *
   * @throws CodedError `images_too_large` past the setting `facade.imageBytes`
   */
  async base64(
    images: readonly { readonly generation: Generation; readonly index: number }[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const most = this.settings.get(facadeSettings).imageBytes;
    let left = most;
    const encoded: string[] = [];
    for (const { generation, index } of images) {
      const { body } = await this.assets.open(generation, {
        asset: index,
        range: null,
        ifRange: null,
        signal,
      });
      const chunks: Buffer[] = [];
      // Leaving the loop ends the download.
      for await (const chunk of body as AsyncIterable<Buffer>) {
        left -= chunk.length;
        if (left < 0) throw tooLarge(most);
        chunks.push(Buffer.from(chunk));
      }
      encoded.push(Buffer.concat(chunks).toString('base64'));
    }
    return encoded;
  }
}

const tooLarge = (most: number): CodedError =>
  new CodedError(
    'images_too_large',
    'too_large',
    `response_format: the images have more than ${String(most)} bytes, the most that b64_json carries. They are made; ask for "url".`,
    { field: 'response_format' },
  );
