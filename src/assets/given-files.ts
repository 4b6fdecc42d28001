import { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';
import { SinkRegistry } from 'penstock/plugin-host';
import { Settings } from 'penstock/settings';

import { GivenContent, type ContentKeeper, type GivenFile } from '../generations/given-content.js';
import { assetSettings, type ReadsAssetSettings } from './assets.settings.js';
import { KeptContents } from './kept-contents.js';
import { WritesUnderWay } from './writes-under-way.js';

const PIECE_BYTES = 256 * 1024;

/** Stores files that came with the answer to a submission in the sink of the settings, whether files are kept or not. */
@Injectable()
export class GivenFiles implements ContentKeeper {
  constructor(
    given: GivenContent,
    private readonly sinks: SinkRegistry,
    private readonly contents: KeptContents,
    private readonly writes: WritesUnderWay,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
  ) {
    given.use(this);
  }

  async keep(generationId: string, position: number, file: GivenFile): Promise<void> {
    const { sink: name } = this.settings.get(assetSettings);
    const sink = this.sinks.find(name);
    if (sink === undefined) throw new Error(`There is no sink "${name}". Mend the setting assets.sink.`);
    const copy = { generationId, position };
    const isKept = await this.writes.track(copy, name, async (write) => {
      const copyId = `${generationId}/${String(position)}`;
      await this.contents.announce(copy, { sink: name, key: sink.keyOf?.(copyId) }, file.contentType);
      const stored = await sink.write({
        copyId,
        contentType: file.contentType,
        bytes: file.bytes.byteLength,
        content: Readable.from(piecesOf(file.bytes)),
        signal: new AbortController().signal,
      });
      write.key = stored.key;
      return this.contents.adopt(copy, { ...stored, sink: name, contentType: file.contentType });
    });
    if (!isKept) throw new Error(`The sink "${name}" does not have what it has just taken.`);
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
