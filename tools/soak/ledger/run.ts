import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { everything, type Page } from '../pages.js';
import type { LedgerRow } from './book.js';
import { Clients } from './clients.js';
import { ledgerReport } from './report.js';
import { ledgerBreaches, type EndedGeneration, type LedgerEvidence } from './verdict.js';

const SECRETS = ['sk-one', 'sk-two', 'sk-three'];
const KILLS = 3;
const BOUND_MS = 900_000;

/**
 * Puts many generations through a gateway that is killed now and then, and compares the ledger with what the upstream saw.
 *
 * @returns the exit code: 0 when the sums are right
 */
export async function soakLedger(generations: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const simulator = await startSimulator({
    credentials: SECRETS.map((secret) => ({ secret })),
    behaviour: { queue: { medianMs: 20 }, duration: { medianMs: 300, sigma: 0.4 }, failureRate: 0.1 },
  });
  addFaults(simulator);
  let gateway = await startGateway(folder);
  try {
    const secrets = await addTokens(gateway, simulator);
    const keys = await Promise.all(['one', 'two', 'three'].map((label) => addKey(gateway, label)));
    const clients = new Clients(() => gateway, keys);
    const startedAt = performance.now();
    let restart: Promise<void> | undefined;
    let kills = 0;
    await clients.ask(generations, (asked) => {
      if (kills === KILLS || asked < ((kills + 1) * generations) / (KILLS + 1)) return;
      kills += 1;
      restart = (restart ?? Promise.resolve()).then(async () => {
        await gateway.kill();
        gateway = await startGateway(folder);
      });
    });
    await restart;
    await untilEnded(gateway);
    const seconds = (performance.now() - startedAt) / 1_000;
    const evidence = await collect(gateway, simulator, { askedBy: clients.askedBy, secrets });
    const breaches = ledgerBreaches(evidence);
    console.log(`${String(generations)} generations, ${String(kills)} kills, ${seconds.toFixed(0)} s.`);
    console.log(ledgerReport(evidence, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What may have been made though its answer is lost is found in the list, or given up. */
function addFaults({ control }: Simulator): void {
  control.addFault({ operation: 'create', probability: 0.05, fault: { type: 'server-error', status: 503 } });
  control.addFault({ operation: 'create', probability: 0.02, fault: { type: 'reset-after' } });
  control.addFault({ operation: 'retrieve', probability: 0.05, fault: { type: 'reset-before' } });
  control.addFault({ operation: 'retrieve', probability: 0.03, fault: { type: 'malformed-json' } });
}

/** @returns the secret of each token, by its id */
async function addTokens(gateway: SoakGateway, { baseUrl }: Simulator): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  for (const secret of SECRETS) {
    const token = { provider: 'openai-videos', label: secret, secret, baseUrl, limits: { video: 40 } };
    const { id } = await gateway.call<{ readonly id: string }>('POST', '/admin/tokens', token);
    secrets.set(id, secret);
  }
  return secrets;
}

const addKey = (
  gateway: SoakGateway,
  label: string,
): Promise<{ readonly id: string; readonly key: string }> =>
  gateway.call('POST', '/admin/keys', { label, scopes: ['generate', 'read'] });

const UNENDED = ['in_progress', 'submitting', 'queued'];

async function untilEnded(gateway: SoakGateway): Promise<void> {
  const giveUpAt = performance.now() + BOUND_MS;
  const isNone = async (status: string): Promise<boolean> => {
    const path = `/v1/generations?limit=1&status=${status}`;
    return (await gateway.call<Page<unknown>>('GET', path)).data.length === 0;
  };
  for (;;) {
    // Backwards and twice, since one may be queued again meanwhile.
    const none = [];
    for (const status of [...UNENDED, ...UNENDED]) none.push(await isNone(status));
    if (none.every(Boolean)) return;
    if (performance.now() > giveUpAt) throw new Error('Some generation has not ended.');
    await pause(500);
  }
}

async function collect(
  gateway: SoakGateway,
  { control }: Simulator,
  asked: Pick<LedgerEvidence, 'askedBy' | 'secrets'>,
): Promise<LedgerEvidence> {
  return {
    ...asked,
    rows: await everything<LedgerRow>(gateway, '/admin/usage?groupBy=day,key,token,model'),
    generations: await everything<EndedGeneration>(gateway, '/v1/generations'),
    jobs: control.report().jobs,
  };
}
