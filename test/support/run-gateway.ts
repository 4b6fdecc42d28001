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
  return runProgram(['src/main.js'], environment, withinMs);
}

/** Runs a program of `dist` with these variables only, until it ends by itself; kills it after `withinMs`. */
export async function runProgram(
  [name = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>>,
  withinMs = 20_000,
): Promise<ProgramEnd> {
  const { PATH = '' } = process.env;
  const path = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { env: { PATH, ...environment } });
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, stdout, stderr };
}
