import type { JsonObject } from 'penstock/kernel';
import { ProviderError, referenceUrl, type InputReference } from 'penstock/plugin-api';

/** A request may have 20 MB; base64 makes four bytes of three. */
const MOST_BYTES = 14_000_000;

/**
 * The reference image as the API takes it: its content in the request.
 *
 * @throws ProviderError as {@link referenceUrl}; `invalid_request` for a URL, which the API does not fetch
 */
export async function inlineImage(reference: InputReference): Promise<JsonObject> {
  const url = await referenceUrl(reference, { dataUrlBytes: MOST_BYTES });
  const comma = url.indexOf(',');
  const mimeType = /^data:([\w/+.-]+);base64$/.exec(url.slice(0, Math.max(0, comma)))?.[1];
  if (mimeType !== undefined) return { bytesBase64Encoded: url.slice(comma + 1), mimeType };
  throw new ProviderError(
    { kind: 'invalid_request', param: 'inputReference' },
    'The input reference: got a URL, expected a file: this upstream fetches no images.',
  );
}
