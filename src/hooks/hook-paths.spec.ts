import { describe, expect, it } from 'vitest';

import { SecretBox } from '../secrets/index.js';
import type { SecretKey } from '../secrets/secret-key.js';
import { HookPaths } from './hook-paths.js';

const key = (id: string): SecretKey => ({ id, key: Buffer.alloc(32, id) });
const secretIn = (path: string): string => path.split('/').at(-1) ?? '';

describe('HookPaths', () => {
  const old = new HookPaths(new SecretBox([key('old')]));
  const rotated = new HookPaths(new SecretBox([key('new'), key('old')]));

  it('gives each provider a path that cannot be guessed, the same after a restart', () => {
    const again = new HookPaths(new SecretBox([key('old')]));
    expect(old.of('acme')).toMatch(/^\/hooks\/acme\/[\w-]{43}$/);
    expect(again.of('acme')).toBe(old.of('acme'));
    expect(secretIn(old.of('other'))).not.toBe(secretIn(old.of('acme')));
  });

  it('knows its own paths, for their provider only', () => {
    const secret = secretIn(old.of('acme'));
    expect(old.knows('acme', secret)).toBe(true);
    expect(old.knows('other', secret)).toBe(false);
    for (const wrong of ['', secret.slice(1), `${secret}a`, secret.toUpperCase(), 'x'.repeat(43)])
      expect(old.knows('acme', wrong)).toBe(false);
  });

  it('knows those of before a rotation of the key, and hands out new ones', () => {
    expect(rotated.of('acme')).not.toBe(old.of('acme'));
    expect(rotated.knows('acme', secretIn(old.of('acme')))).toBe(true);
    expect(rotated.knows('acme', secretIn(rotated.of('acme')))).toBe(true);
    expect(old.knows('acme', secretIn(rotated.of('acme')))).toBe(false);
  });
});
