import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { everything } from '../pages.js';
import { faultOf, planTokens, type PlannedToken } from './plan.js';
import { reportOf } from './report.js';
import { breachesOf, type EndedBatch, type EndedItem, type EndedToken, type Evidence } from './verdict.js';

/** What is tested, and how fast. */
export interface BatchSoak {
  readonly tokens: number;
  /** Between the starts of two tests, in milliseconds. */
  readonly intervalMs: number;
}

const CONCURRENCY = 5;
const BOUND_MS = 600_000;

/**
 * Tests many tokens of all sorts by one batch, and checks what the upstream saw of it.
 *
 * @returns the exit code: 0 when no rule was broken
 */
export async function soakBatch({ tokens, intervalMs }: BatchSoak): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const plan = planTokens(tokens);
  const simulator = await startSimulator({ credentials: plan.flatMap(credentialOf), callsKept: 1_000_000 });
  const gateway = await startGateway(folder);
  try {
    for (const fault of plan.flatMap((token) => faultOf(token, intervalMs) ?? []))
      simulator.control.addFault(fault);
    await setInterval(gateway, intervalMs);
    await runBatch(gateway, { operation: 'token.add', input: { rows: rowsOf(plan, simulator) } });
    const id = await runBatch(gateway, { operation: 'token.test' });
    const seen = await collect(gateway, simulator, id);
    const evidence = { plan, concurrency: CONCURRENCY, intervalMs, ...seen };
    const breaches = breachesOf(evidence);
    console.log(reportOf(evidence, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of those that are dead, the upstream knows every other one no more, and the others it has disabled. */
function credentialOf({ secret, trouble }: PlannedToken, index: number) {
  if (trouble !== 'dead') return [{ secret }];
  return index % 4 === 1 ? [] : [{ secret, enabled: false }];
}

const rowsOf = (plan: readonly PlannedToken[], { baseUrl }: Simulator): readonly object[] =>
  plan.map(({ secret }) => ({ provider: 'openai-videos', label: secret, secret, baseUrl }));

async function setInterval(gateway: SoakGateway, testIntervalMs: number): Promise<void> {
  const path = '/admin/settings/batch';
  const { version } = await gateway.call<{ readonly version: number }>('GET', path);
  await gateway.call('PATCH', path, { testIntervalMs }, { 'if-match': `"${version}"` });
}

/** @returns the id of the batch, once it has ended */
async function runBatch(gateway: SoakGateway, body: object): Promise<string> {
  const { id } = await gateway.call<{ readonly id: string }>('POST', '/admin/batches', body);
  const until = Date.now() + BOUND_MS;
  for (;;) {
    const { state } = await gateway.call<EndedBatch>('GET', `/admin/batches/${id}`);
    if (state === 'completed' || state === 'stopped' || state === 'cancelled') return id;
    if (Date.now() > until) throw new Error(`Batch ${id} took longer than ${BOUND_MS} ms.`);
    await pause(250);
  }
}

async function collect(
  gateway: SoakGateway,
  simulator: Simulator,
  id: string,
): Promise<Pick<Evidence, 'batch' | 'items' | 'tokens' | 'calls'>> {
  return {
    batch: await gateway.call<EndedBatch>('GET', `/admin/batches/${id}`),
    items: await everything<EndedItem>(gateway, `/admin/batches/${id}/items`),
    tokens: await everything<EndedToken>(gateway, '/admin/tokens'),
    calls: simulator.control.calls({ operation: 'models', limit: 1_000_000 }),
  };
}
