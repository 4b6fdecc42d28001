import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { Client } from './client.js';
import { watchBatch, type Batch } from './watch-batch.js';

const batch = (state: string, failed = 0): Batch => ({
  id: 'batch_1',
  operation: 'token.test',
  state,
  reason: null,
  counts: { total: 2, succeeded: 2 - failed, failed, skipped: 0 },
  results: { valid: 2 - failed },
  changes: {},
  perSecond: null,
  etaMs: null,
});
const frame = (id: number, event: string, data: object): string =>
  `id: ${String(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

describe('watchBatch', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Answers each connection to the events by the next of these. */
  async function follow(connections: readonly ((response: ServerResponse) => void)[], json = false) {
    const lastIds: unknown[] = [];
    server = createServer((request, response) => {
      if (request.url?.endsWith('/events') === true) {
        lastIds.push(request.headers['last-event-id']);
        connections[lastIds.length - 1]?.(response);
      } else if (request.url?.includes('/items') === true) {
        const item = { position: 2, label: 'line 2', result: 'invalid_row', reason: 'It is bad.' };
        response.end(JSON.stringify({ data: [item] }));
      } else response.end(JSON.stringify(batch('completed')));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const written: string[] = [];
    const code = await watchBatch(new Client({ url, key: 'k' }), 'batch_1', {
      json,
      terminal: false,
      write: (text) => written.push(text),
    });
    return { code, lastIds, text: written.join('') };
  }

  const answer =
    (...frames: readonly string[]) =>
    (response: ServerResponse): void => {
      response.end(frames.join(''));
    };
  const over = (response: ServerResponse): void => {
    response.writeHead(204).end();
  };

  it('follows a batch to its end', async () => {
    const events = [
      frame(1, 'item', {}),
      frame(2, 'batch', batch('running')),
      frame(3, 'batch', batch('completed')),
    ];
    const { code, text } = await follow([answer(...events), over]);
    expect([code, text]).toEqual([0, expect.stringContaining('batch_1 (token.test) is completed')]);
  });

  it('goes on where it was when the connection breaks', async () => {
    const breaks = (response: ServerResponse): void => {
      response.write(frame(7, 'batch', batch('running')), () => response.destroy());
    };
    const { code, lastIds } = await follow([breaks, answer(frame(9, 'batch', batch('completed'))), over]);
    expect([code, lastIds]).toEqual([0, ['0', '7', '9']]);
  });

  it('asks for a batch that has ended already', async () => {
    const { code, text } = await follow([over]);
    expect([code, text]).toEqual([0, expect.stringContaining('results: valid 2')]);
  });

  it('shows what failed, and ends with 3', async () => {
    const { code, text } = await follow([answer(frame(3, 'batch', batch('completed', 1))), over]);
    expect([code, text]).toEqual([3, expect.stringContaining('failed:\n  2 (line 2): It is bad.\n')]);
  });

  it('ends with 3 when it did not complete', async () => {
    const { code } = await follow([answer(frame(3, 'batch', batch('cancelled'))), over]);
    expect(code).toBe(3);
  });

  it('writes one JSON value', async () => {
    const { text } = await follow([answer(frame(3, 'batch', batch('completed', 1))), over], true);
    expect(JSON.parse(text)).toEqual(batch('completed', 1));
  });
});
