import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { onResponseEnd, routePattern } from './http-exchange.js';

const servers: Server[] = [];

/** Serves one request, which `get` makes, and gives the statuses that were reported for it. */
async function serve(answers: 'whole' | 'half' | 'never'): Promise<number[]> {
  const statuses: number[] = [];
  const server = createServer((_, response) => {
    onResponseEnd(response, (status) => statuses.push(status));
    response.statusCode = 202;
    if (answers === 'whole') response.end('ok');
    if (answers === 'half') response.write('half');
    if (answers === 'never') request.destroy();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const request = get({ port, agent: false }, (answer) => {
    if (answers === 'half') request.destroy();
    else answer.resume();
  });
  request.on('error', () => undefined);
  await expect.poll(() => statuses.length).toBeGreaterThan(0);
  await new Promise((resolve) => server.close(resolve));
  return statuses;
}

describe('onResponseEnd', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.closeAllConnections();
  });

  it('reports the status of an answer once', async () => {
    expect(await serve('whole')).toEqual([202]);
  });

  it('reports the status that was sent when the client left in between', async () => {
    expect(await serve('half')).toEqual([202]);
  });

  it('reports 499 when the client went away before', async () => {
    expect(await serve('never')).toEqual([499]);
  });
});

describe('routePattern', () => {
  it('takes the pattern from where the adapter keeps it', () => {
    expect(routePattern({ method: 'GET', routeOptions: { url: '/a/:id' } })).toBe('/a/:id');
    expect(routePattern({ method: 'GET', route: { path: '/b/:id' } })).toBe('/b/:id');
    expect(routePattern({ method: 'GET', route: { path: /regexp/ } })).toBe('unknown');
    expect(routePattern({ method: 'GET', routeOptions: { url: undefined } })).toBe('unknown');
  });
});
