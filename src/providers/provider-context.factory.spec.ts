import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock, SystemClock } from 'penstock/kernel';
import { ProviderPlugin } from 'penstock/plugin-api';
import { StubProvider, stubManifest } from 'penstock/plugin-host/testing';
import { UpstreamModule } from 'penstock/upstream';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

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
    imports: [UpstreamModule.forRoot({ isGlobal: true }), ClockModule, AcmeModule, ProvidersModule],
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
  const { http } = factory.create(request({ baseUrl: server.url, proxyUrl: 'socks5://proxy.test' }));

  await expect(http.json({ method: 'GET', path: '/' })).rejects.toThrow(
    'proxyUrl must be an http: or https: proxy',
  );
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
