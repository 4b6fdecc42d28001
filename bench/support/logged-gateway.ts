import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { ForkedServer } from './fork-server.js';

/** Starts a gateway that writes its log to a file. */
export async function startLoggedGateway(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<Pick<ForkedServer, 'url' | 'stop'>> {
  const log = await open(file, 'a');
  const child = fork(fileURLToPath(new URL('./gateway.js', import.meta.url)), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', log.fd, 'inherit', 'ipc'],
  });
  await log.close();
  const ended = once(child, 'exit');
  const [url] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => {
      throw new Error('The gateway ended before it listened.');
    }),
  ])) as [string];
  return {
    url,
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}
