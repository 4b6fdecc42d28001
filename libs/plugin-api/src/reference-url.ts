import type { InputReference } from './job.js';
import { ProviderError } from './provider-failure.js';

/** What an upstream takes in place of a URL: a data URL with the content of a file. */
export interface ReferenceUrlOptions {
  /** Most bytes of a file; larger ones are refused. @defaultValue files are refused, only URLs go along */
  readonly dataUrlBytes?: number;
}

/**
 * The reference image as a URL, for upstreams that take it so: its own, or a data URL of an uploaded file.
 *
 * @throws ProviderError `invalid_request` for a file where the upstream takes none or one that is too large, and for the
 *   id of an upstream's file; `transient` when the file cannot be read: nothing was sent
 */
export async function referenceUrl(
  reference: InputReference,
  { dataUrlBytes = 0 }: ReferenceUrlOptions = {},
): Promise<string> {
  switch (reference.type) {
    case 'url':
      return reference.url;
    case 'upstream-file':
      throw refused('got a file id, expected a URL or a file: this upstream keeps no files');
    case 'file': {
      if (dataUrlBytes === 0)
        throw refused('got a file, expected a URL: this upstream fetches images itself');
      if (reference.bytes > dataUrlBytes) {
        throw refused(`got ${reference.bytes} bytes, expected at most ${dataUrlBytes}`);
      }
      const content = await contentOf(reference);
      return `data:${reference.contentType};base64,${content.toString('base64')}`;
    }
  }
}

async function contentOf(file: Extract<InputReference, { readonly type: 'file' }>): Promise<Buffer> {
  try {
    const blob = await file.open();
    return Buffer.from(await blob.arrayBuffer());
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    const message = `The input reference ${file.filename} could not be read; nothing was sent.`;
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, message, { cause });
  }
}

const refused = (what: string): ProviderError =>
  new ProviderError({ kind: 'invalid_request', param: 'inputReference' }, `The input reference: ${what}.`);
