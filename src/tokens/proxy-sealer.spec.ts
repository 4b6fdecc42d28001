import { DatabasePool } from 'penstock/database';
import { TokenCache } from 'penstock/token-cache';
import { describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { aTokenRow } from './testing/a-token-row.js';
import { TOKENS_APP } from './testing/tokens-app.js';
import { TokenSecrets } from './token-secrets.js';
import { Token } from './token.entity.js';

const PLAIN = 'http://me:hunter2@proxy.test:3128';
/** More than are read at once. */
const MANY = 260;

const rowsOf = ({ app }: TestApp): Promise<Token[]> =>
  app.get(DatabasePool).read((manager) => manager.find(Token, { order: { id: 'ASC' } }));
const insert = ({ app }: TestApp, proxies: Readonly<Record<string, string | null>>): Promise<unknown> =>
  app.get(DatabasePool).transaction(async (manager) => {
    const secrets = app.get(TokenSecrets);
    for (const [id, proxyUrl] of Object.entries(proxies))
      await manager.insert(Token, aTokenRow(secrets, id, { proxyUrl }));
  });
const restart = ({ dataDir }: TestApp): Promise<TestApp> => startApp({ ...TOKENS_APP, dataDir });

describe('the start after plain proxies were stored', () => {
  it('seals those with credentials, once, and nothing else', async () => {
    const before = await startApp(TOKENS_APP);
    const { proxyUrl: sealed } = before.app.get(TokenSecrets).sealProxyUrl('tok_b', PLAIN);
    const kept = { tok_b: sealed, tok_c: 'http://proxy.test:1', tok_d: null, tok_e: 'http://h.test/@' };
    await insert(before, { tok_a: PLAIN, ...kept });
    const stored = await rowsOf(before);
    await before.app.close();

    const first = await restart(before);
    const [a, ...others] = await rowsOf(first);
    expect(a?.proxyUrl).toMatch(/^v1:/);
    expect(a).toEqual(Object.assign(stored[0] ?? new Token(), { proxyUrl: a?.proxyUrl }));
    expect(others).toEqual(stored.slice(1));
    for (const id of ['tok_a', 'tok_b'])
      expect(first.app.get(TokenCache).get(id)).toMatchObject({ enabled: true, proxyUrl: PLAIN });
    expect((await first.request('GET', '/admin/tokens/tok_a')).text).not.toContain('hunter2');
    expect(first.logged.join()).not.toContain('hunter2');
    await first.app.close();

    const second = await restart(before);
    expect((await rowsOf(second))[0]).toEqual(a);
    await second.close();
    await before.close();
  });

  it('finds all of many', async () => {
    const before = await startApp(TOKENS_APP);
    const ids = Array.from({ length: MANY }, (_, i) => `tok_${String(i).padStart(3, '0')}`);
    await insert(before, Object.fromEntries(ids.map((id) => [id, PLAIN])));
    await before.app.close();
    const after = await restart(before);
    const rows = await rowsOf(after);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows.filter(({ proxyUrl }) => proxyUrl?.includes('@') !== false)).toEqual([]);
    await after.close();
    await before.close();
  });
});
