import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { accessFrom, Client, CliError } from './client.js';

describe('accessFrom', () => {
  it('takes the address of a gateway on this machine where none is given', () => {
    expect(accessFrom({ PENSTOCK_ADMIN_KEY: 'k' })).toEqual({ url: 'http://127.0.0.1:8080', key: 'k' });
    expect(accessFrom({ PENSTOCK_ADMIN_KEY: 'k', PENSTOCK_URL: 'https://gate.example/' }).url).toBe(
      'https://gate.example',
    );
  });

  it.each([
    [{}, 'PENSTOCK_ADMIN_KEY is not set.'],
    [{ PENSTOCK_ADMIN_KEY: 'k', PENSTOCK_URL: 'gate' }, 'PENSTOCK_URL: got "gate"'],
    [{ PENSTOCK_ADMIN_KEY: 'k', PENSTOCK_URL: 'ftp://gate' }, 'PENSTOCK_URL: got "ftp://gate"'],
  ])('names what is wrong with %j', (environment, message) => {
    expect(() => accessFrom(environment)).toThrow(CliError);
    expect(() => accessFrom(environment)).toThrow(message);
  });
});

describe('Client', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(status: number, body: string): Promise<Client> {
    server = createServer((_, response) => {
      response.writeHead(status).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return new Client({ url, key: 'k' });
  }

  it('gives what was answered', async () => {
    expect(await (await serve(200, '{"a":1}')).json('GET', '/x')).toEqual({ a: 1 });
  });

  it.each([
    [404, '{"error":{"message":"There is no \\"x\\"."}}', '404: There is no "x".'],
    [401, '{"error":{"message":"Unknown key."}}', '401: Unknown key. See PENSTOCK_ADMIN_KEY.'],
    [502, '<html>', '502: The answer is none of Penstock. See PENSTOCK_URL.'],
  ])('tells why it failed, with status %i', async (status, body, message) => {
    await expect((await serve(status, body)).json('GET', '/x')).rejects.toThrow(new CliError(message));
  });

  it('tells that nobody listens', async () => {
    const client = new Client({ url: 'http://127.0.0.1:9', key: 'k' });
    await expect(client.json('GET', '/x')).rejects.toThrow('http://127.0.0.1:9 cannot be reached');
  });
});
