import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { startServer } from 'penstock/upstream/testing';
import { expect, it } from 'vitest';

import { SessionPool, UpstreamClient, UpstreamModule } from './index.js';

it('provides the client, and closes its connections with the application', async () => {
  const server = await startServer((_request, response) => response.end('ok'));
  const app = await Test.createTestingModule({
    imports: [UpstreamModule.forRoot({ maxSessions: 3 })],
  }).compile();
  const request = { baseUrl: server.url, path: '/', proxyUrl: null, method: 'GET' } as const;
  const answer = await app.get(UpstreamClient).request(request);
  expect(await answer.text(10)).toBe('ok');
  expect(app.get(SessionPool).options.maxSessions).toBe(3);
  expect(server.openConnections).toBe(1);
  await app.close();

  await expect.poll(() => server.openConnections).toBe(0);
  await expect(app.get(UpstreamClient).request(request)).rejects.toMatchObject({ code: 'shutting_down' });
  await server.stop();
});

it('refuses wrong options at start', async () => {
  const module = Test.createTestingModule({ imports: [UpstreamModule.forRoot({ maxSessions: 0 })] });

  await expect(module.compile()).rejects.toThrow('maxSessions must be an integer from 1 to 65536, got 0');
});

it('can be global', async () => {
  @Module({
    providers: [{ provide: 'user', useFactory: (it: UpstreamClient) => it, inject: [UpstreamClient] }],
  })
  class UserModule {}
  const app = await Test.createTestingModule({
    imports: [UpstreamModule.forRoot({ isGlobal: true }), UserModule],
  }).compile();

  expect(app.get('user', { strict: false })).toBeInstanceOf(UpstreamClient);
  await app.close();
});
