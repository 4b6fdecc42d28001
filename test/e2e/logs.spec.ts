import { once } from 'node:events';

import { expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { stage } from '../support/stage.js';

interface Line {
  readonly level: number;
  readonly msg?: string;
  readonly requestId?: string;
  readonly status?: number;
}

const linesOf = (output: string): Line[] =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

it('SIGTERM under load cuts no request, and loses no line and no row', async () => {
  const on = await stage(
    { credentials: [{ secret: 'sk-a-secret-of-this-test', concurrency: 100 }] },
    { LOG_LEVEL: 'debug' },
  );
  const { child } = on.gateway();
  const answered = new Map<string, number>();
  const unanswered: string[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const id = `load-${String(next++)}`;
      // A connection of its own each time: it is taken, or it is not.
      const headers = {
        authorization: `Bearer ${ADMIN_KEY}`,
        'x-request-id': id,
        connection: 'close',
        'content-type': 'application/json',
      };
      const body = JSON.stringify({ model: 'sora-2', input: { prompt: 'a prompt that nobody logs' } });
      try {
        const answer = await fetch(`${on.api.url}/v1/generations`, { method: 'POST', headers, body });
        await answer.text();
        expect(answer.headers.get('x-request-id')).toBe(id);
        answered.set(id, answer.status);
      } catch {
        unanswered.push(id);
        return;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await expect.poll(() => answered.size, { timeout: 60_000 }).toBeGreaterThan(60);
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
  await clients;
  expect(child.exitCode).toBe(0);

  const output = on.gateway().output();
  const logged = new Map(
    linesOf(output)
      .filter(({ msg }) => msg?.startsWith('POST /v1/generations') === true)
      .map(({ requestId, status }) => [requestId, status]),
  );
  expect([...answered].filter(([id, status]) => logged.get(id) !== status)).toEqual([]);
  // Whoever got no answer had found the door closed: no request that had come in was cut off.
  expect(unanswered.filter((id) => logged.has(id))).toEqual([]);
  expect(output).not.toMatch(/sk-a-secret-of-this-test|a prompt that nobody logs/);
  expect(output).not.toContain(ADMIN_KEY);

  await on.restart('SIGKILL');
  const rows = new Map<string, number>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const path = `/admin/requests?limit=100&operation=${encodeURIComponent('POST /v1/generations')}${query}`;
    const answer = await fetch(`${on.api.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    const page = (await answer.json()) as {
      readonly data: readonly { readonly requestId: string; readonly status: string }[];
      readonly nextCursor: string | null;
    };
    for (const { requestId, status } of page.data) rows.set(requestId, Number(status));
    cursor = page.nextCursor;
  }
  expect([...answered].filter(([id, status]) => rows.get(id) !== status)).toEqual([]);
  expect(unanswered.filter((id) => rows.has(id))).toEqual([]);
});
