import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BatchApi } from '../support/batch-api.js';
import { forkServer, type ForkedServer } from '../support/fork-server.js';
import { gatewayEnvironment, KEY } from '../support/gateway-environment.js';

/** The credential that the upstream knows. */
export const SECRET = 'sk-bench';

/** A simulated upstream and a gateway before it, each in a process of its own. */
export interface Parties {
  readonly upstream: ForkedServer;
  readonly penstock: ForkedServer;
  readonly api: BatchApi;
}

/** Runs `work` on an upstream whose environment adds this, and a gateway with an empty database. Both are gone after it. */
export async function withParties(
  environment: {
    readonly upstream?: Readonly<Record<string, string>>;
    readonly gateway?: Readonly<Record<string, string>>;
  },
  work: (parties: Parties) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const upstream = await forkServer(new URL('../support/upstream.js', import.meta.url), environment.upstream);
  const penstock = await forkServer(new URL('../support/gateway.js', import.meta.url), {
    ...gatewayEnvironment(folder),
    ...environment.gateway,
  });
  try {
    const api = new BatchApi(penstock.url, KEY);
    await api.addToken(SECRET, `${upstream.url}/v1`);
    await work({ upstream, penstock, api });
  } finally {
    await penstock.stop();
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
