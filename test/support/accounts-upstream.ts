import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

/** What `PENSTOCK_PLUGINS` takes to speak with it. */
export const ACCOUNTS_PLUGIN = fileURLToPath(new URL('./accounts-plugin.mjs', import.meta.url));

/** Accounts upstream, for `accounts-plugin.mjs`; it remembers who called what. */
export interface AccountsUpstream {
  readonly url: string;
  /** How often each secret called a path, such as `/quota`. */
  calls(path: string): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Answers after `delayMs`. `/me` refuses secrets that begin with `dead`; an account is activated by the first call. */
export async function startAccountsUpstream(delayMs: number): Promise<AccountsUpstream> {
  const calls = new Map<string, Map<string, number>>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const secret = (request.headers.authorization ?? '').replace('Bearer ', '');
    const count = (calls.get(path)?.get(secret) ?? 0) + 1;
    calls.set(path, (calls.get(path) ?? new Map<string, number>()).set(secret, count));
    await pause(delayMs);
    const status = path === '/me' && secret.startsWith('dead') ? 401 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(bodyOf(path, secret, count)));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls: (path) => calls.get(path) ?? new Map<string, number>(),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function bodyOf(path: string, secret: string, count: number): object {
  switch (path) {
    case '/refresh':
      return { secret: `renewed-by-${secret}`, refreshSecret: `rotated-${secret}` };
    case '/activate':
      return { alreadyActive: count > 1 };
    default:
      return { remaining: 7 };
  }
}
