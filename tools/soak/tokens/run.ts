import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { everything, type Page } from '../pages.js';
import { busiestMinutes, callsAfterEnd, callsWhileCooling } from './late-use.js';
import { METERED } from './metered-videos.js';
import { faultsOf, planTokens, type PlannedToken } from './plan.js';
import { reportOf } from './report.js';
import { breachesOf, type EndedGeneration, type EndedToken, type Evidence } from './verdict.js';

const CALLERS = 32;
const BOUND_MS = 600_000;
/** Upstream a token lives this much longer, so that what it began can be fetched. */
const EXPIRY_SLACK_MS = 600_000;

/**
 * Puts many generations through tokens of all sorts, and checks what the upstream saw of it.
 *
 * @returns the exit code: 0 when no rule was broken
 */
export async function soakTokens(generations: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const plan = planTokens();
  const simulator = await startSimulator(simulatorFor(plan, Date.now()));
  const gateway = await startGateway(folder);
  const startedAt = Date.now();
  try {
    for (const token of plan) {
      for (const fault of faultsOf(token)) simulator.control.addFault(fault);
      await addToken(gateway, simulator, { token, startedAt });
    }
    // The last tenth comes once quotas are whole again, to see the tokens used.
    const early = generations - Math.floor(generations / 10);
    await createAll(gateway, 1, early);
    const withReset = plan.filter(({ quotaEverySeconds }) => quotaEverySeconds !== null);
    await untilBack(gateway, new Set(withReset.map(({ secret }) => secret)));
    const resumedAt = Date.now();
    await createAll(gateway, early + 1, generations);
    // Whoever was off may have met its last error since.
    await untilBack(gateway);
    const evidence = await collect(gateway, { simulator, plan, startedAt, resumedAt, asked: generations });
    const breaches = breachesOf(evidence);
    console.log(reportOf(evidence, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stats {
  readonly generations: Readonly<Record<'queued' | 'submitting' | 'in_progress', number>>;
}

interface Ran {
  readonly simulator: Simulator;
  readonly plan: readonly PlannedToken[];
  readonly startedAt: number;
  readonly resumedAt: number;
  readonly asked: number;
}

function simulatorFor(
  plan: readonly PlannedToken[],
  startedAt: number,
): Parameters<typeof startSimulator>[0] {
  const credentials = plan.map(({ secret, concurrency, quota, quotaEverySeconds, expiresAfterMs }) => ({
    secret,
    concurrency,
    quota,
    quotaEverySeconds,
    expiresAt: timeOf(startedAt, expiresAfterMs, EXPIRY_SLACK_MS),
  }));
  const behaviour = { queue: { medianMs: 50 }, duration: { medianMs: 400, sigma: 0.4 }, failureRate: 0.02 };
  return { credentials, behaviour, callsKept: 1_000_000 };
}

function timeOf(startedAt: number, afterMs: number | null, slackMs = 0): string | null {
  return afterMs === null ? null : new Date(startedAt + afterMs + slackMs).toISOString();
}

async function addToken(
  gateway: SoakGateway,
  { baseUrl }: Simulator,
  { token, startedAt }: { readonly token: PlannedToken; readonly startedAt: number },
): Promise<void> {
  const { secret, concurrency, quota, requestsPerMinute, weight, expiresAfterMs } = token;
  const provider = quota === -1 ? 'openai-videos' : METERED;
  await gateway.call('POST', '/admin/tokens', {
    provider,
    label: secret,
    secret,
    baseUrl,
    weight,
    requestsPerMinute,
    limits: { video: concurrency },
    expiresAt: timeOf(startedAt, expiresAfterMs),
  });
}

/** Makes the generations with these numbers, and waits until they have ended. */
async function createAll(gateway: SoakGateway, first: number, last: number): Promise<void> {
  let next = first;
  const call = async (): Promise<void> => {
    while (next <= last) {
      const input = { prompt: `soak ${next++}` };
      await gateway.call('POST', '/v1/generations', { model: 'sora-2', input });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  await until('all generations have ended', async () => {
    const { generations: of } = await gateway.call<Stats>('GET', '/v1/stats');
    return of.queued + of.submitting + of.in_progress === 0;
  });
}

/** Waits for tokens that were turned off. @param quotas - those of tokens whose quota is to be whole again, too */
async function untilBack(gateway: SoakGateway, quotas: ReadonlySet<string> = new Set()): Promise<void> {
  await until('tokens that were turned off, and quotas, are back', async () =>
    (await everything<EndedToken>(gateway, '/admin/tokens')).every(
      ({ label, state }) => state !== 'disabled' && (state === 'ready' || !quotas.has(label)),
    ),
  );
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + BOUND_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It took too long until ${what}.`);
    await pause(500);
  }
}

async function collect(gateway: SoakGateway, ran: Ran): Promise<Evidence> {
  const { simulator, plan, startedAt, resumedAt, asked } = ran;
  const tokens = await everything<EndedToken & { readonly id: string }>(gateway, '/admin/tokens');
  const turnedOff = new Set<string>();
  for (const { id, label } of tokens) {
    const { data } = await gateway.call<Page<{ to: string }>>('GET', `/admin/tokens/${id}/history?limit=100`);
    if (data.some(({ to }) => to === 'disabled')) turnedOff.add(label);
  }
  const generations = await everything<EndedGeneration>(gateway, '/v1/generations');
  const ends = new Map(plan.map(({ secret, expiresAfterMs }) => [secret, expiresAfterMs ?? Infinity]));
  const calls = simulator.control.calls({ operation: 'create', limit: 1_000_000 });
  return {
    plan,
    asked,
    resumedAt,
    generations,
    tokens,
    turnedOff,
    afterExpiry: callsAfterEnd(calls, (secret) => startedAt + (ends.get(secret) ?? Infinity)),
    whileCooling: callsWhileCooling(calls),
    busiestMinutes: busiestMinutes(calls),
    upstream: simulator.control.report(),
  };
}
