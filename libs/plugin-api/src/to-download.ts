import type { Download } from './job.js';
import { ProviderError } from './provider-failure.js';
import type { StreamAnswer } from './provider-http.js';

const STATUSES: ReadonlySet<number> = new Set([200, 206, 416]);

/**
 * An answer with the bytes of an asset, as `download` gives it.
 *
 * @throws ProviderError `transient` for a status other than 200, 206 and 416; the body is destroyed then
 */
export function toDownload({ status, headers, body }: StreamAnswer): Download {
  if (!STATUSES.has(status)) {
    body.destroy();
    const message = `The upstream answered a download with status ${status}; 200, 206 or 416 is expected.`;
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, message);
  }
  const length = headers['content-length'];
  return {
    status,
    contentType: headers['content-type'] ?? 'application/octet-stream',
    contentLength: length !== undefined && /^\d+$/.test(length) ? Number(length) : null,
    contentRange: headers['content-range'] ?? null,
    etag: headers['etag'] ?? null,
    lastModified: headers['last-modified'] ?? null,
    body,
  };
}
