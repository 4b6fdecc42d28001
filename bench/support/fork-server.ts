import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface ForkedServer {
  readonly url: string;
  /** Sends a message to the program. @returns its answer */
  ask<T>(question: string): Promise<T>;
  stop(): Promise<void>;
}

/** What a program is started with beside its environment. */
export interface ForkOptions {
  readonly args?: readonly string[];
  /** Arguments of Node itself. */
  readonly execArgv?: readonly string[];
}

/** Starts a program that sends its URL when it listens and ends when it is let go. */
export async function forkServer(
  program: URL,
  environment: Readonly<Record<string, string>> = {},
  { args = [], execArgv = [] }: ForkOptions = {},
): Promise<ForkedServer> {
  const child = fork(fileURLToPath(program), [...args], {
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    execArgv: [...execArgv],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const isGone = ended.then(() => {
    throw new Error(`${program.pathname} ended before it answered.`);
  });
  isGone.catch(() => undefined);
  const next = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(child, 'message'), isGone])) as [T];
    return message;
  };
  return {
    url: await next<string>(),
    ask: (question) => {
      child.send(question);
      return next();
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}
