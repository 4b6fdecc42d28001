import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { freePort } from '../../tools/processes/local-http.js';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../tools/upstream-simulator/index.js';
import { ApiClient } from './api-client.js';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';

/** A simulated upstream and a gateway before it. */
export interface Stage {
  readonly simulator: Simulator;
  readonly api: ApiClient;
  /** The gateway's data folder. */
  readonly dataDir: string;
  /** The gateway that runs now. */
  gateway(): GatewayProcess;
  /** Ends the gateway by a signal and starts it again on the same folder and port. */
  restart(signal: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** Jobs that take a fraction of a second. */
export const QUICK: NonNullable<SimulatorOptions['behaviour']> = {
  queue: { medianMs: 50 },
  duration: { medianMs: 400, sigma: 0.3 },
};

/** Starts both for one test; they are gone after it. See {@link openStage}. */
export async function stage(
  options: SimulatorOptions,
  environment: Record<string, string> = {},
): Promise<Stage> {
  const opened = await openStage(options, environment);
  onTestFinished(() => opened.close());
  return opened;
}

/** Starts both and adds a token for each secret of the simulator, with the limit that the upstream has. */
export async function openStage(
  options: SimulatorOptions,
  environment: Record<string, string> = {},
): Promise<Stage> {
  const simulator = await startSimulator(options);
  const dataDir = await mkdtemp(join(tmpdir(), 'penstock-'));
  const where = { dataDir, port: await freePort(), environment };
  let gateway = await startGatewayProcess(where);
  const api = new ApiClient(gateway.url);
  for (const { secret, concurrency = -1 } of options.credentials ?? []) {
    await api.addToken(secret, simulator.baseUrl, { limits: { video: concurrency } });
  }
  return {
    simulator,
    api,
    dataDir,
    gateway: () => gateway,
    restart: async (signal) => {
      await gateway.kill(signal);
      gateway = await startGatewayProcess(where);
    },
    close: async () => {
      await gateway.kill('SIGKILL');
      await simulator.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
