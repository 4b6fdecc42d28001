import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface ForkedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a program that sends its URL when it listens and ends when it is let go. */
export async function forkServer(
  program: URL,
  environment: Readonly<Record<string, string>> = {},
): Promise<ForkedServer> {
  const child = fork(fileURLToPath(program), { env: { ...process.env, ...environment }, stdio: 'inherit' });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const url = await Promise.race([
    new Promise<string>((resolve) =>
      child.once('message', (message) => {
        resolve(message as string);
      }),
    ),
    ended.then(() => {
      throw new Error(`${program.pathname} ended before it listened.`);
    }),
  ]);
  return {
    url,
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}
