import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** What the process of a gateway has in memory, in bytes. */
export type GatewayMemory = Readonly<Pick<NodeJS.MemoryUsage, 'rss' | 'heapUsed' | 'external'>>;

/** A gateway that runs in a process of its own. */
export interface SoakGateway {
  readonly url: string;
  /** Asks as an admin. @throws Error that shows an answer which is no success */
  call<T>(
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T>;
  /** Asks for what is no JSON. */
  fetch(path: string, headers?: Readonly<Record<string, string>>, method?: 'GET' | 'HEAD'): Promise<Response>;
  memory(): Promise<GatewayMemory>;
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./gateway-program.js', import.meta.url));

/** Starts a gateway on a SQLite file in `folder`, on any free port, with the arguments of its program and more of its environment. */
export async function startGateway(
  folder: string,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<SoakGateway> {
  const key = `soak-${randomBytes(12).toString('hex')}`;
  const environment = {
    PENSTOCK_DATA_DIR: folder,
    PENSTOCK_ADMIN_KEY: key,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...more,
  };
  const child = fork(PROGRAM, args, { env: environment, stdio: 'inherit' });
  const ended = once(child, 'exit');
  const started = once(child, 'message').then(([url]: unknown[]) => String(url));
  const url = await Promise.race([
    started,
    ended.then(() => {
      throw new Error('The gateway ended before it listened.');
    }),
  ]);
  return {
    url,
    call: async <T>(method: Method, path: string, body?: object, headers = {}): Promise<T> => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path} answers ${String(answer.status)}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    fetch: (path, headers = {}, method = 'GET') =>
      fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${key}`, ...headers } }),
    memory: async () => {
      const told = once(child, 'message') as Promise<[GatewayMemory]>;
      child.send('memory');
      return (await told)[0];
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
