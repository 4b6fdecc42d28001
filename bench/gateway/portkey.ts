import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { answersWithin, freePort } from '../../tools/processes/local-http.js';

/** What is compared with. It is got from the registry for the run, so that nobody else has to install it. */
const PACKAGE = '@portkey-ai/gateway@1.15.2';
const INSTALL_MS = 180_000;
const LISTENS_MS = 30_000;

/** A gateway of others in a process of its own. */
export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Installs and starts it. @throws Error when the registry has it not, or it does not listen within 30 s */
export async function startPortkey(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-peer-'));
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const words = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    await promisify(execFile)('npm', [...words, '--prefix', folder, PACKAGE], { timeout: INSTALL_MS });
    const port = await freePort();
    const program = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
    const child = spawn(process.execPath, [program, `--port=${String(port)}`, '--headless'], {
      stdio: 'ignore',
    });
    const stop = async (): Promise<void> => {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
      await clean();
    };
    const url = `http://127.0.0.1:${String(port)}`;
    if (await answersWithin(url, LISTENS_MS)) return { url, stop };
    await stop();
    throw new Error(`${PACKAGE} did not listen within 30 s.`);
  } catch (error) {
    await clean();
    throw error;
  }
}
