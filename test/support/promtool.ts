import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How promtool ended, with all that it wrote. */
export interface PromtoolEnd {
  readonly code: number | null;
  readonly output: string;
}

/** Runs Prometheus's own checker. @param input - what it reads @throws Error (`ENOENT`) where it is not installed */
export async function promtool(words: readonly string[], input = ''): Promise<PromtoolEnd> {
  const child = spawn('promtool', words);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  // It need not read all of it to have an opinion.
  child.stdin.on('error', () => undefined).end(input);
  const [code, ...written] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output: written.join('') };
}

/** Whether promtool is installed. In CI it has to be. */
export async function hasPromtool(): Promise<boolean> {
  try {
    await promtool(['--version']);
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    process.stderr.write(
      'Tests with promtool are skipped: it is not installed (Debian: apt-get install prometheus).\n',
    );
    return false;
  }
}
