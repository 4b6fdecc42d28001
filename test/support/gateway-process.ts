import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./fast-gateway.mjs', import.meta.url));

/** The admin key of every gateway under test. */
export const ADMIN_KEY = 'admin-key-for-tests-0123456789';

/** Far more than a start takes, for machines that do much else. */
const READY_WITHIN_MS = 60_000;

/** A gateway in a process of its own, built from `dist`, which can be killed like in real life. */
export interface GatewayProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it wrote. */
  readonly output: () => string;
  /** Ends it by a signal and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** How a gateway process starts. */
export interface GatewayProcessOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a gateway and waits until it is ready. */
export async function startGatewayProcess({
  dataDir,
  port,
  environment,
}: GatewayProcessOptions): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...process.env,
      PORT: String(port),
      PENSTOCK_DATA_DIR: dataDir,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-5_000_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${String(port)}`;
  const gateway = {
    url,
    child,
    output: () => output,
    kill: async (signal: NodeJS.Signals) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
  try {
    await untilReady(gateway);
  } catch (error) {
    await gateway.kill('SIGKILL');
    throw error;
  }
  return gateway;
}

async function untilReady({ url, child, output }: GatewayProcess): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null)
      throw new Error(`The gateway ended with ${String(child.exitCode)}:\n${output()}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The gateway is not ready after ${String(READY_WITHIN_MS / 1_000)} s:\n${output()}`);
}
