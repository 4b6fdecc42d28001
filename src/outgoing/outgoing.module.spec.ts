import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock, SystemClock } from 'penstock/kernel';
import { GuardedClient, UrlGuard } from 'penstock/upstream';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { loadConfig, PenstockConfigModule } from '../config/index.js';
import { OutgoingModule, OutgoingPosts } from './index.js';

let server: TestServer;

beforeEach(async () => {
  server = await startServer(async (request, response) => {
    response.statusCode = 202;
    response.setHeader('x-type', request.headers['content-type'] ?? '');
    response.setHeader('x-signature', request.headers['webhook-signature'] ?? '');
    for await (const chunk of request) response.write(chunk);
    response.end('.'.repeat(3_000));
  });
});
afterEach(() => server.stop());

async function start(PENSTOCK_ALLOW_PRIVATE_URLS: string) {
  @Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
  class ClockModule {}
  const parts = await Test.createTestingModule({
    imports: [
      PenstockConfigModule.forRoot(loadConfig({ PENSTOCK_ALLOW_PRIVATE_URLS })),
      { module: ClockModule, global: true },
      OutgoingModule,
    ],
  }).compile();
  return { posts: parts.get(OutgoingPosts), guard: parts.get(UrlGuard), client: parts.get(GuardedClient) };
}

it('refuses private and plain URLs unless the operator allows them', async () => {
  const { posts, guard, client } = await start('false');
  expect(guard.policy).toEqual({ allowHttp: false, allowPrivate: false });
  const post = { url: server.url, body: '{}' };
  await expect(posts.post(post)).rejects.toMatchObject({ code: 'url_not_allowed', sent: 'no' });
  const secure = { ...post, url: server.url.replace('http:', 'https:') };
  await expect(posts.post(secure)).rejects.toMatchObject({ code: 'address_not_allowed', sent: 'no' });
  await expect(client.request({ ...secure, method: 'GET' })).rejects.toMatchObject({ sent: 'no' });
  expect(server.connections).toBe(0);
});

it('posts, and hands back the head and the beginning of the answer', async () => {
  const { posts } = await start('true');
  const answer = await posts.post({
    url: `${server.url}/hook`,
    body: '{"a":1}',
    headers: { 'Webhook-Signature': 's' },
  });
  expect(server.requests).toEqual([{ method: 'POST', url: '/hook' }]);
  expect(answer.status).toBe(202);
  expect(answer.headers).toMatchObject({ 'x-type': 'application/json', 'x-signature': 's' });
  expect(answer.excerpt).toHaveLength(2_000);
  expect(answer.excerpt).toMatch(/^\{"a":1\}\.+$/);
});
