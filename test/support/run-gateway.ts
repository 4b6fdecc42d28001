import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the gateway as `npm start` does, with these variables only, until it ends by itself; kills it after `withinMs`. */
export function runGateway(
  environment: Readonly<Record<string, string>>,
  withinMs?: number,
): Promise<ProgramEnd> {
  return runProgram(['src/main.js'], environment, withinMs === undefined ? {} : { withinMs });
}

/** How a program is run. */
export interface ProgramOptions {
  /** After this it is killed. @defaultValue 20,000 */
  readonly withinMs?: number;
  /** Is sent SIGINT, as Ctrl-C does, once it has written this to its standard error. */
  readonly interrupt?: string;
}

/** Runs a program of `dist` with these variables only, until it ends. */
export async function runProgram(
  [name = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>>,
  { withinMs = 20_000, interrupt }: ProgramOptions = {},
): Promise<ProgramEnd> {
  const { PATH = '' } = process.env;
  const path = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { env: { PATH, ...environment } });
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    const wasSeen = interrupt === undefined || stderr.includes(interrupt);
    stderr += chunk.toString();
    if (!wasSeen && stderr.includes(interrupt)) child.kill('SIGINT');
  });
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, stdout, stderr };
}
