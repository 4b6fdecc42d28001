import { describe, expect, it } from 'vitest';

import { fileAssets, fileUrl } from './file-assets.js';

const URLS = ['https://f.test/a/OUT.MP4?sig=x.png', 'https://f.test/b', 'https://f.test/c.webm#t=1'];

describe('fileAssets', () => {
  it('names files like the kind, and knows their types by ending or kind', () => {
    expect(fileAssets(URLS, 'video')).toEqual([
      { name: 'video', contentType: 'video/mp4', bytes: null },
      { name: 'video-2', contentType: 'video/mp4', bytes: null },
      { name: 'video-3', contentType: 'video/webm', bytes: null },
    ]);
    expect(fileAssets(['https://f.test/x'], 'image')[0]?.contentType).toBe('image/png');
    expect(fileAssets(['no url', 'https://f.test/x.xyz'], 'model')).toMatchObject([
      { contentType: 'application/octet-stream' },
      { name: 'model-2', contentType: 'application/octet-stream' },
    ]);
  });

  it('finds each by its name again', () => {
    expect(fileAssets(URLS, 'video').map(({ name }) => fileUrl(URLS, 'video', name))).toEqual(URLS);
  });

  it.each(['video-1', 'video-4', 'thumbnail', ''])('says that there is no %j', (asset) => {
    expect(() => fileUrl(URLS, 'video', asset)).toThrow(`no file ${JSON.stringify(asset)}`);
  });
});
