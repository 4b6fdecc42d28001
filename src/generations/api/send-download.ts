import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Download } from 'penstock/plugin-api';

import type { AssetRequest } from '../generation-assets.js';

/** Streams a download to the client, passing on the ranges it asks for; it ends when the client goes away. */
export async function sendDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  open: (conditions: Omit<AssetRequest, 'asset'>) => Promise<Download>,
): Promise<void> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort(new Error('The client went away.'));
  });
  const { range, 'if-range': ifRange } = request.headers;
  const download = await open({ range: range ?? null, ifRange: single(ifRange), signal: gone.signal });
  await reply.status(download.status).headers(headersOf(download)).send(download.body);
}

function headersOf(download: Download): Record<string, string> {
  const headers: Record<string, string | null> = {
    'content-type': download.contentType,
    'content-length': download.contentLength === null ? null : String(download.contentLength),
    'content-range': download.contentRange,
    etag: download.etag,
    'last-modified': download.lastModified,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  };
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

const single = (header: string | string[] | undefined): string | null =>
  Array.isArray(header) ? (header[0] ?? null) : (header ?? null);
