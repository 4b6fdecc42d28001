import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { costOf, pollingBreaches, shareOf, type StrategyCost, type Unfinished } from './verdict.js';

const SECRETS = ['sk-one', 'sk-two', 'sk-three'];
/** In flight with each token. */
const AT_ONCE = 13;
const BOUND_MS = 900_000;

/**
 * Puts the same jobs through two gateways, one for each strategy, with faults at one poll in five and a kill half way, and
 * compares what the upstream saw of their polls.
 *
 * @returns the exit code: 0 when all ends were seen, and `predictive` costs less
 */
export async function soakPolling(generations: number): Promise<number> {
  const [stages, predictive] = await Promise.all([
    costsOf('stages', generations),
    costsOf('predictive', generations),
  ]);
  console.log(`${generations} generations, a kill and 20 % faults for each strategy.`);
  for (const cost of [stages, predictive]) {
    const { strategy, polls, medianDelayMs, meanDelayMs } = cost;
    const delays = `${(medianDelayMs / 1_000).toFixed(2)} s median, ${(meanDelayMs / 1_000).toFixed(2)} s mean`;
    console.log(`${strategy}: ${polls.toFixed(1)} polls a generation, delay ${delays}`);
  }
  console.log(`polls x median delay: ${shareOf(predictive, stages).toFixed(0)} % of stages`);
  const breaches = pollingBreaches(stages, predictive);
  console.log(breaches.length === 0 ? 'No breach.' : breaches.join('\n'));
  return breaches.length === 0 ? 0 : 1;
}

async function costsOf(strategy: string, generations: number): Promise<StrategyCost & Unfinished> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const simulator = await startSimulator({
    credentials: SECRETS.map((secret) => ({ secret })),
    behaviour: { queue: { medianMs: 100 }, duration: { medianMs: 10_000, sigma: 0.4 } },
  });
  addFaults(simulator);
  let gateway = await startGateway(folder, [strategy]);
  try {
    await prepare(gateway, simulator);
    for (let index = 0; index < generations; index += 1)
      await gateway.call('POST', '/v1/generations', {
        model: 'sora-2',
        input: { prompt: `soak ${index}`, seconds: '4' },
      });
    const half = (): boolean => endsSeenBy(simulator) >= generations / 2;
    await until('half of the ends were seen', half);
    await gateway.kill();
    gateway = await startGateway(folder, [strategy]);
    const standing = async (): Promise<Stats['generations']> =>
      (await gateway.call<Stats>('GET', '/v1/stats')).generations;
    await until('all generations have ended', async () => {
      const { queued, submitting, in_progress } = await standing();
      return queued + submitting + in_progress === 0;
    });
    const unfinished = generations - (await standing()).completed - (await unknownAfterKill(gateway));
    return { ...costOf(strategy, simulator.control.report().jobs), unfinished };
  } finally {
    await gateway.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function addFaults({ control }: Simulator): void {
  const at = (probability: number, fault: Parameters<typeof control.addFault>[0]['fault']): void => {
    control.addFault({ operation: 'retrieve', probability, fault });
  };
  at(0.1, { type: 'server-error', status: 503 });
  at(0.05, { type: 'reset-before' });
  at(0.05, { type: 'malformed-json' });
}

/** Each generation is asked about by itself, so that polls can be counted. */
async function prepare(gateway: SoakGateway, { baseUrl }: Simulator): Promise<void> {
  const path = '/admin/settings/polling';
  const { version } = await gateway.call<{ readonly version: number }>('GET', path);
  await gateway.call('PATCH', path, { listWindowMs: -1 }, { 'if-match': `"${version}"` });
  for (const secret of SECRETS) {
    const token = { provider: 'openai-videos', label: secret, secret, baseUrl };
    await gateway.call('POST', '/admin/tokens', { ...token, limits: { video: AT_ONCE } });
  }
}

interface Stats {
  readonly generations: Readonly<Record<'queued' | 'submitting' | 'in_progress' | 'completed', number>>;
}

/** Attempts that were on disk when the gateway was killed, and did not reach the upstream: they are not sent again. */
async function unknownAfterKill(gateway: SoakGateway): Promise<number> {
  const { data } = await gateway.call<Failures>('GET', '/v1/generations?status=failed&limit=100');
  return data.filter(({ error }) => error?.code === 'submission_unknown').length;
}

interface Failures {
  readonly data: readonly { readonly error: { readonly code: string } | null }[];
}

const endsSeenBy = ({ control }: Simulator): number =>
  control.report().jobs.filter(({ endSeenAt }) => endSeenAt !== null).length;

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + BOUND_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`It took too long until ${what}.`);
    await pause(250);
  }
}
