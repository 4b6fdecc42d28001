import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { runPaced } from './paced-load.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

async function serve(status: number): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  server = createServer((request, response) => {
    seen.push(`${String(request.method)} ${String(request.url)} ${String(request.headers.authorization)}`);
    response.writeHead(status).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
const request = (index: number) => ({ method: 'POST' as const, path: `/${String(index)}`, body: {} });

it('makes requests until it is told to end, and gives the time of each', async () => {
  const { url, seen } = await serve(200);
  const latencies = await runPaced({ url, key: 'k', perSecond: 100, request, until: later() });
  expect(latencies).toHaveLength(seen.length);
  expect(seen.slice(0, 2)).toEqual(['POST /0 Bearer k', 'POST /1 Bearer k']);
  expect([...latencies].sort((one, other) => one - other)).toEqual(latencies);
});

it('fails with an answer that is no success', async () => {
  const { url } = await serve(500);
  await expect(runPaced({ url, key: 'k', perSecond: 100, request, until: later() })).rejects.toThrow(
    'answers 500: {}',
  );
});

it('fails with what it is to wait for', async () => {
  const { url } = await serve(200);
  const until = Promise.reject(new Error('The import failed.'));
  await expect(runPaced({ url, key: 'k', perSecond: 100, request, until })).rejects.toThrow(
    'The import failed.',
  );
});
