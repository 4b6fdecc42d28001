import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { freePort } from '../../tools/processes/local-http.js';
import { ApiClient } from '../support/api-client.js';
import { ADMIN_KEY, startGatewayProcess } from '../support/gateway-process.js';
import { runGateway } from '../support/run-gateway.js';
import { QUICK, stage } from '../support/stage.js';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('secrets', () => {
  const SECRETS = {
    token: 'sk-canary-token-0001',
    unknown: 'sk-canary-unknown-0002',
    replaced: 'sk-canary-replaced-0003',
    proxy: 'canary-proxy-password-0004',
    encodedProxy: 'canary%2Fproxy%40password-0005',
    decodedProxy: 'canary/proxy@password-0005',
    refresh: 'canary-refresh-0006',
    admin: ADMIN_KEY,
  };

  it('never leave: not in answers, not in logs at any level, not in the files', async () => {
    const on = await stage(
      { credentials: [{ secret: SECRETS.token }], behaviour: QUICK },
      { LOG_LEVEL: 'trace' },
    );
    const answers: string[] = [];
    const ask = async (method: string, path: string, body?: unknown): Promise<string> => {
      const answer = await on.api.request(method, path, body);
      answers.push(JSON.stringify([answer.body, ...answer.headers]));
      return String(answer.body['id']);
    };
    const add = (label: string, secret: string, more: object = {}): Promise<string> =>
      ask('POST', '/admin/tokens', {
        provider: 'openai-videos',
        label,
        secret,
        baseUrl: on.simulator.baseUrl,
        ...more,
      });

    const clientKey = await on.api.addKey('client', ['generate', 'read']);
    const client = new ApiClient(on.api.url, clientKey);
    await client.end((await client.generate('on a good token')).id);

    const wrong = await add('wrong', SECRETS.unknown, { refreshSecret: SECRETS.refresh });
    const proxied = await add('proxied', 'sk-canary-proxied', {
      proxyUrl: `http://user:${SECRETS.proxy}@127.0.0.1:9`,
    });
    const encoded = await add('encoded', 'sk-canary-encoded', {
      proxyUrl: `http://user:${SECRETS.encodedProxy}@127.0.0.1:9`,
    });
    for (const id of [wrong, proxied, encoded]) {
      await ask('POST', `/admin/tokens/${id}/test`);
      await ask('POST', `/admin/tokens/${id}/enable`);
    }
    const { body: listed } = await on.api.request('GET', '/admin/tokens');
    const good = (listed['data'] as readonly { id: string; last4: string }[]).find(
      ({ last4 }) => last4 === '0001',
    );
    await ask('POST', `/admin/tokens/${String(good?.id)}/disable`, { reason: 'to see the others fail' });
    // Otherwise they would wait for a token that errors turned off, or for a proxy, since these may come back.
    const once = await on.api.request(
      'PATCH',
      '/admin/settings/generation',
      { maxFailedSubmissions: 1, queueTimeoutMs: 3_000 },
      { 'if-match': '"0"' },
    );
    expect(once.status).toBe(200);
    const failing = await Promise.all(
      Array.from({ length: 4 }, (_, n) => client.generate(`fails ${String(n)}`)),
    );
    for (const { id } of failing) {
      const end = await client.end(id);
      answers.push(JSON.stringify(end));
      expect(end.status).toBe('failed');
    }
    await ask('PATCH', `/admin/tokens/${wrong}`, { secret: SECRETS.replaced });
    await add('duplicate', SECRETS.replaced);
    await ask('POST', '/admin/tokens', { provider: 'openai-videos', label: 'x', secret: [SECRETS.token] });
    await ask('POST', '/admin/tokens', {
      provider: 'x',
      label: 'x',
      secret: SECRETS.token,
      secrets: SECRETS,
    });
    await ask('POST', '/admin/tokens', `{"secret": "${SECRETS.token}" "${SECRETS.refresh}"`);
    await ask('POST', '/admin/tokens', {
      provider: 'openai-videos',
      label: 'x',
      secret: SECRETS.token,
      proxyUrl: `socks5://user:${SECRETS.proxy}@127.0.0.1:9/path`,
    });
    await on.api.request('GET', '/v1/models', undefined, {
      authorization: `Basic ${btoa(`x:${clientKey}`)}`,
    });
    for (const path of [
      '/admin/tokens',
      '/admin/keys',
      '/openapi.json',
      '/health/ready',
      '/metrics',
      '/v1/generations',
    ])
      await ask('GET', path);

    await on.gateway().kill('SIGTERM');
    const shown = { ...SECRETS, proxied: 'sk-canary-proxied', encoded: 'sk-canary-encoded', clientKey };
    const files = await Promise.all(
      (await readdir(on.dataDir))
        .filter((name) => name.startsWith('penstock.sqlite'))
        .map((name) => readFile(join(on.dataDir, name), 'latin1')),
    );
    expect(files.join('').length).toBeGreaterThan(10_000);
    expect(on.gateway().output().length).toBeGreaterThan(10_000);
    for (const [name, secret] of Object.entries(shown)) {
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]) {
        expect([name, answers.filter((answer) => answer.includes(form))]).toEqual([name, []]);
        expect([name, linesWith(on.gateway().output(), form)]).toEqual([name, []]);
        expect([name, files.some((bytes) => bytes.includes(form))]).toEqual([name, false]);
      }
    }
    expect(linesWith(on.gateway().output(), 'on a good token')).toEqual([]);
  });

  it('are sealed with a key that only its owner may read', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    expect((await stat(join(on.dataDir, 'secret.key'))).mode & 0o777).toBe(0o600);
    for (const name of await readdir(on.dataDir)) {
      const { mode } = await stat(join(on.dataDir, name));
      expect([name, mode & 0o002]).toEqual([name, 0]);
    }
    const key = (await readFile(join(on.dataDir, 'secret.key'), 'utf8')).trim();
    expect(on.gateway().output()).not.toContain(key);
    expect(linesWith(on.gateway().output(), 'secret.key')).toHaveLength(1);
    await on.restart('SIGTERM');
    expect(linesWith(on.gateway().output(), 'secret.key')).toEqual([]);
    expect((await on.api.end((await on.api.generate('still opens')).id)).status).toBe('completed');
  });
});

describe('the first start', () => {
  it('prints one admin key, which works; later starts print none', async () => {
    const dataDir = await temporaryFolder();
    const where = { dataDir, port: await freePort(), environment: { PENSTOCK_ADMIN_KEY: '' } };
    const first = await startGatewayProcess(where);
    onTestFinished(() => first.kill('SIGKILL'));
    const printed = first.output().match(/psk_[\w-]{43}/g) ?? [];
    expect(printed).toHaveLength(1);
    const api = new ApiClient(first.url, String(printed[0]));
    expect((await api.request('GET', '/admin/keys')).body['data']).toHaveLength(1);
    const { body } = await api.request('GET', '/admin/keys');
    const last = await api.request('DELETE', `/admin/keys/${String(body['data']['0']['id'])}`);
    expect([last.status, last.body['error']['code']]).toEqual([409, 'last_admin_key']);
    await first.kill('SIGTERM');

    const second = await startGatewayProcess(where);
    onTestFinished(() => second.kill('SIGKILL'));
    expect(second.output()).not.toMatch(/psk_/);
    expect((await api.request('GET', '/admin/keys')).status).toBe(200);
  });

  it('prints none where PENSTOCK_ADMIN_KEY is set', async () => {
    const gateway = await startGatewayProcess({ dataDir: await temporaryFolder(), port: await freePort() });
    onTestFinished(() => gateway.kill('SIGKILL'));
    expect(gateway.output()).not.toMatch(/psk_/);
  });
});

describe('a start that cannot be', () => {
  it('names every bad variable in one message, without secrets, and ends with 1', async () => {
    const end = await runGateway({
      HOST: 'http://localhost',
      PORT: '99999',
      DATABASE_URL: 'mysql://user:canary-database@db/penstock',
      REDIS_URL: 'redis://:canary-redis@cache',
      PENSTOCK_ADMIN_KEY: 'canary short',
      PENSTOCK_SECRET_KEY: 'canary-secret-key',
      PENSTOCK_PLUGINS: 'a,,b',
      LOG_LEVEL: 'loud',
    });
    expect(end.code).toBe(1);
    const text = end.stdout + end.stderr;
    for (const name of [
      ...['HOST', 'PORT', 'DATABASE_URL', 'REDIS_URL', 'PENSTOCK_ADMIN_KEY'],
      ...['PENSTOCK_SECRET_KEY', 'PENSTOCK_PLUGINS', 'LOG_LEVEL'],
    ])
      expect(text.split('\n').filter((line) => line.trimStart().startsWith(`${name}:`))).toHaveLength(1);
    expect(text).not.toContain('canary');
    expect(text).not.toMatch(/ {4}at /);
  });

  it('says so when the port is taken', async () => {
    const dataDir = await temporaryFolder();
    const gateway = await startGatewayProcess({ dataDir, port: await freePort() });
    onTestFinished(() => gateway.kill('SIGKILL'));
    const { port } = new URL(gateway.url);
    const other = await temporaryFolder();
    const end = await runGateway({ PORT: port, PENSTOCK_DATA_DIR: other, PENSTOCK_ADMIN_KEY: ADMIN_KEY });
    expect([end.code, end.stdout + end.stderr]).toEqual([
      1,
      expect.stringContaining('EADDRINUSE') as unknown,
    ]);
  });

  it('says so when the data folder is a file', async () => {
    const end = await runGateway({
      PORT: '0',
      PENSTOCK_DATA_DIR: '/dev/null',
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
    });
    expect([end.code, end.stdout + end.stderr]).toEqual([1, expect.stringContaining('/dev/null') as unknown]);
  });
});

const linesWith = (text: string, part: string): readonly string[] =>
  text.split('\n').filter((line) => line.includes(part));
