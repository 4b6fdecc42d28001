import { describe, expect, it } from 'vitest';

import { CONFIGURED_KEY_ID } from '../../auth/index.js';
import { TokensApp } from '../testing/tokens-app.js';
import type { ExportView } from './token-export.schemas.js';

describe('exports of tokens', () => {
  const app = new TokensApp();
  const take = (query: string) => app.test.request('GET', `/admin/tokens/export?${query}`);
  const exports = async (query = '') => {
    const { body } = await app.test.request('GET', `/admin/tokens/exports${query}`);
    return body as { readonly data: readonly ExportView[]; readonly nextCursor: string | null };
  };

  it('give no secret that was not asked for', async () => {
    await app.make();
    expect((await take('')).text).not.toContain('good-secret');
    expect(JSON.parse((await take('secrets=true')).text)).toMatchObject({ secret: 'good-secret-7890' });
  });

  it('are kept with who took them, when, of what, and whether with secrets', async () => {
    await app.make();
    await take('provider=acme&state=active&secrets=true');
    await app.test.clock.advance(1_000);
    await take('');
    const { data } = await exports();
    expect(data).toMatchObject([
      { secrets: false, selection: {}, keyId: CONFIGURED_KEY_ID },
      { secrets: true, selection: { provider: 'acme', state: 'active' }, keyId: CONFIGURED_KEY_ID },
    ]);
    expect(Date.parse(data[0]?.at ?? '') - Date.parse(data[1]?.at ?? '')).toBe(1_000);
    expect(app.test.logged.join()).toContain('Tokens are exported');
    expect(JSON.stringify(data)).not.toContain('good-secret');
  });

  it('are listed by pages, also those of one moment', async () => {
    for (let n = 0; n < 3; n += 1) await take('');
    const first = await exports('?limit=2');
    const second = await exports(`?limit=2&cursor=${String(first.nextCursor)}`);
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect([new Set(ids).size, second.nextCursor]).toEqual([3, null]);
  });

  it('are not given, and not kept, to keys that may not have them', async () => {
    const { body } = await app.test.request('POST', '/admin/keys', {
      body: { label: 'reader', scopes: ['read', 'generate'] },
    });
    const authorization = `Bearer ${(body as { readonly key: string }).key}`;
    const refused = await app.test.request('GET', '/admin/tokens/export?secrets=true', { authorization });
    expect([refused.status, (await exports()).data]).toEqual([403, []]);
  });
});
