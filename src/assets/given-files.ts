import { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';
import { SinkRegistry } from 'penstock/plugin-host';
import { Settings } from 'penstock/settings';

import { GivenContent, type ContentKeeper, type GivenFile } from '../generations/given-content.js';
import { assetSettings, type ReadsAssetSettings } from './assets.settings.js';
import { KeptContents } from './kept-contents.js';

const PIECE_BYTES = 256 * 1024;

/** Stores files that came with the answer to a submission in the sink of the settings, whether files are kept or not. */
@Injectable()
export class GivenFiles implements ContentKeeper {
  constructor(
    given: GivenContent,
    private readonly sinks: SinkRegistry,
    private readonly contents: KeptContents,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
  ) {
    given.use(this);
  }

  async keep(generationId: string, position: number, { contentType, bytes }: GivenFile): Promise<void> {
    const { sink: name } = this.settings.get(assetSettings);
    const sink = this.sinks.find(name);
    if (sink === undefined) throw new Error(`There is no sink "${name}". Mend the setting assets.sink.`);
    const stored = await sink.write({
      ...{ copyId: `${generationId}/${String(position)}`, contentType, bytes: bytes.byteLength },
      ...{ content: Readable.from(piecesOf(bytes)), signal: new AbortController().signal },
    });
    const isKept = await this.contents.adopt(
      { generationId, position },
      { ...stored, sink: name, contentType },
    );
    if (!isKept) throw new Error(`The sink "${name}" does not have what it has just taken.`);
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
