import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { Clients } from './clients.js';
import { ledgerBreaches, type EndedGeneration, type KeySum } from './verdict.js';

const SECRETS = ['sk-one', 'sk-two', 'sk-three'];
const KILLS = 3;
const BOUND_MS = 900_000;

interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

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
    for (const secret of SECRETS) {
      const token = { provider: 'openai-videos', label: secret, secret, baseUrl: simulator.baseUrl };
      await gateway.call('POST', '/admin/tokens', { ...token, limits: { video: 40 } });
    }
    const keys = await Promise.all(['one', 'two', 'three'].map((label) => addKey(gateway, label)));
    const clients = new Clients(() => gateway, keys);
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
    const breaches = ledgerBreaches({
      askedBy: clients.askedBy,
      sums: await everything<KeySum>(gateway, '/admin/usage?groupBy=key'),
      generations: await everything<EndedGeneration>(gateway, '/v1/generations?limit=100'),
      jobs: simulator.control.report().jobs,
    });
    console.log(`${String(generations)} generations, ${String(kills)} kills.`);
    console.log(breaches.length === 0 ? 'The ledger is right.' : breaches.join('\n'));
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

const addKey = (
  gateway: SoakGateway,
  label: string,
): Promise<{ readonly id: string; readonly key: string }> =>
  gateway.call('POST', '/admin/keys', { label, scopes: ['generate', 'read'] });

async function untilEnded(gateway: SoakGateway): Promise<void> {
  const giveUpAt = performance.now() + BOUND_MS;
  const unended = async (status: string): Promise<number> =>
    (await gateway.call<Page<unknown>>('GET', `/v1/generations?limit=1&status=${status}`)).data.length;
  for (;;) {
    // Backwards and twice, since one may be queued again meanwhile.
    const found = [];
    for (const status of ['in_progress', 'submitting', 'queued', 'submitting', 'in_progress'])
      found.push(await unended(status));
    if (found.every((count) => count === 0)) return;
    if (performance.now() > giveUpAt) throw new Error('Some generation has not ended.');
    await pause(500);
  }
}

async function everything<T>(gateway: SoakGateway, path: string): Promise<readonly T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await gateway.call('GET', `${path}${from}`);
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}
