import type { JobAsset } from './job.js';
import type { Kind } from './manifest.js';
import { ProviderError } from './provider-failure.js';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['mov', 'video/quicktime'],
  ['gif', 'image/gif'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
]);

const OF_KIND: ReadonlyMap<Kind, string> = new Map([
  ['video', 'video/mp4'],
  ['image', 'image/png'],
  ['audio', 'audio/mpeg'],
]);

/**
 * The files of a job whose upstream tells their URLs, the main one first: named like the kind, then `video-2`,
 * `video-3` … Their types go by the ending of the path, or else by the kind.
 */
export function fileAssets(urls: readonly string[], kind: Kind): readonly JobAsset[] {
  return urls.map((url, index) => ({
    name: nameAt(index, kind),
    contentType: typeOf(url) ?? OF_KIND.get(kind) ?? 'application/octet-stream',
    bytes: null,
  }));
}

/**
 * Which of the URLs an asset of {@link fileAssets} is.
 *
 * @throws ProviderError `invalid_request` when the job has no such file (any more)
 */
export function fileUrl(urls: readonly string[], kind: Kind, asset: string): string {
  const url = urls.find((_url, index) => nameAt(index, kind) === asset);
  if (url !== undefined) return url;
  const message = `The upstream tells no file ${JSON.stringify(asset)} of this job, it tells ${urls.length}.`;
  throw new ProviderError({ kind: 'invalid_request', param: null }, message);
}

const nameAt = (index: number, kind: Kind): string => (index === 0 ? kind : `${kind}-${index + 1}`);

function typeOf(url: string): string | undefined {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return TYPES.get(/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '');
}
