import { describe, expect, it } from 'vitest';

import { referenceUrlSchema } from './reference-url.js';

describe('referenceUrlSchema', () => {
  it.each(['https://a.test', 'http://a.test/x.png?a=1', 'data:image/png;base64,AAAA'])('takes %s', (url) => {
    expect(referenceUrlSchema.parse(url)).toBe(url);
  });

  it.each(['ftp://a.test', 'http://', 'https://a b', '//a.test', `https://a.test/${'x'.repeat(8_192)}`, ''])(
    'refuses %.40s',
    (url) => {
      expect(referenceUrlSchema.safeParse(url).error?.issues[0]?.message).toBe(
        'expected an http(s) URL of at most 8192 characters, or a data URL',
      );
    },
  );

  it('has a bound for data URLs too', () => {
    expect(referenceUrlSchema.safeParse(`data:${'x'.repeat(28_000_000)}`).success).toBe(false);
  });
});
