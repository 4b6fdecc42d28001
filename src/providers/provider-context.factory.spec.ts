import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock, SystemClock } from 'penstock/kernel';
import { ProviderPlugin } from 'penstock/plugin-api';
import { StubProvider, stubManifest } from 'penstock/plugin-host/testing';
import { Settings, SettingsEditor, SettingsModule } from 'penstock/settings';
import { FakeSettingsStore } from 'penstock/settings/testing';
import { UpstreamModule } from 'penstock/upstream';
import { startConnectProxy, startServer, type TestServer } from 'penstock/upstream/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

import { type ContextRequest, ProviderContextFactory, ProvidersModule } from './index.js';

let server: TestServer;
let app: TestingModule;
let factory: ProviderContextFactory;

@ProviderPlugin(stubManifest({ name: 'acme', baseUrl: 'http://acme.invalid' }))
class AcmeProvider extends StubProvider {}

@Module({ providers: [AcmeProvider] })
class AcmeModule {}

@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
class ClockModule {}

beforeAll(async () => {
  server = await startServer((request, response) => response.end(JSON.stringify(request.headers.host)));
  app = await Test.createTestingModule({
    imports: [
      UpstreamModule.forRoot({ isGlobal: true }),
      SettingsModule.forRoot({ isGlobal: true, store: FakeSettingsStore }),
      ...[ClockModule, AcmeModule, ProvidersModule],
    ],
  }).compile();
  app.useLogger(false);
  await app.init();
  factory = app.get(ProviderContextFactory);
});

afterAll(async () => {
  await app.close();
  await server.stop();
});

const request = (token: Partial<ContextRequest['token']> = {}): ContextRequest => ({
  token: { id: 't1', label: 'first', provider: 'acme', baseUrl: null, proxyUrl: null, ...token },
  secret: 'k',
  signal: new AbortController().signal,
  operation: 'poll',
});

it('gives the token without what does not concern the provider', () => {
  const asked = request();
  const context = factory.create(asked);

  expect(context.token).toEqual({ id: 't1', label: 'first' });
  expect(context.secret).toBe('k');
  expect(context.signal).toBe(asked.signal);
});

it('speaks to the base URL of the token', async () => {
  const { http } = factory.create(request({ baseUrl: server.url }));

  expect((await http.json({ method: 'GET', path: '/' })).body).toBe(server.url.replace('http://', ''));
});

it('speaks to the base URL of the manifest when the token has none', async () => {
  const { http } = factory.create(request());

  await expect(http.json({ method: 'GET', path: '/' })).rejects.toThrow(
    /^GET http:\/\/acme\.invalid\/ failed/,
  );
});

it('uses the proxy of the token', async () => {
  const { http } = factory.create(request({ baseUrl: server.url, proxyUrl: 'socks4://proxy.test' }));

  await expect(http.json({ method: 'GET', path: '/' })).rejects.toThrow(
    'proxyUrl must be an http:, https: or ',
  );
});

it('uses the proxy of the settings for tokens that name none, that of the provider first', async () => {
  const proxies = [await startConnectProxy(), await startConnectProxy(), await startConnectProxy()] as const;
  onTestFinished(async () => {
    for (const proxy of proxies) await proxy.stop();
  });
  const [all, acme, own] = proxies;
  let version = 0;
  const tunnelsWith = async (
    settings: object,
    proxyUrl: string | null = null,
  ): Promise<readonly number[]> => {
    const edit = { expectedVersion: version++, by: 'key_1' };
    await app.get(SettingsEditor).put('proxy', settings, edit);
    await factory.create(request({ baseUrl: server.url, proxyUrl })).http.json({ method: 'GET', path: '/' });
    return proxies.map(({ tunnels }) => tunnels.length);
  };
  expect(await tunnelsWith({ url: all.url })).toEqual([1, 0, 0]);
  expect(await tunnelsWith({ url: all.url, providers: { acme: acme.url } })).toEqual([1, 1, 0]);
  expect(await tunnelsWith({ url: all.url, providers: { acme: acme.url } }, own.url)).toEqual([1, 1, 1]);
  expect(await tunnelsWith({ url: all.url, providers: { acme: null } })).toEqual([1, 1, 1]);
  expect(await tunnelsWith({})).toEqual([1, 1, 1]);
});

it.each([
  'socks4://proxy.test',
  'http://me:hunter2@proxy.test',
  'http://proxy.test/path',
  'proxy.test',
  'swimming',
])('takes no proxy %s in the settings', async (url) => {
  const { version } = app.get(Settings).state('proxy');
  const put = app.get(SettingsEditor).put('proxy', { url }, { expectedVersion: version, by: 'key_1' });
  await expect(put).rejects.toMatchObject({ code: 'settings_invalid', field: 'url' });
  await expect(put).rejects.not.toThrow('hunter2');
});

it('refuses a token of a provider that there is not', () => {
  expect(() => factory.create(request({ provider: 'nobody' }))).toThrow('There is no provider "nobody"');
});

it('gives a logger that never throws', () => {
  const { logger } = factory.create(request());

  expect(() => {
    logger.warn('careful', { n: 1n });
    logger.debug('k');
  }).not.toThrow();
});
