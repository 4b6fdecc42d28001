import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator, type Simulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { reportOf, streamBreaches, type Sample, type Spread } from './report.js';
import { Reader } from './reader.js';

const ROUNDS = 5;
const OPENED_AT_ONCE = 50;
/** So that what is only made while streams open is gone. */
const SETTLE_MS = 2_000;
const BOUND_MS = 120_000;

/**
 * Opens many streams of events, looks at the memory of the gateway meanwhile, and has one generation told to all of them.
 *
 * @returns the exit code: 0 when the gateway stays within its memory and all are told
 */
export async function soakStreams(count: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const behaviour = { queue: { medianMs: 20 }, duration: { medianMs: 300 } };
  const simulator = await startSimulator({ credentials: [{ secret: 'sk-one' }], behaviour });
  const gateway = await startGateway(folder);
  const agent = new Agent({ maxSockets: Infinity });
  try {
    const key = await prepare(gateway, simulator);
    const readers: Reader[] = [];
    const samples: Sample[] = [{ streams: 0, ...(await gateway.memory()) }];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await open(Math.round((count * round) / ROUNDS), readers, () =>
        Reader.open(gateway.url, { key, agent }),
      );
      await pause(SETTLE_MS);
      samples.push({ streams: readers.length, ...(await gateway.memory()) });
    }
    const toldMs = await tell(gateway, readers);
    samples.push({ streams: readers.length, ...(await gateway.memory()) });
    const untold = readers.filter(isUntold).length;
    const evidence = { samples, untold, toldMs };
    const breaches = streamBreaches(evidence);
    console.log(reportOf(evidence, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    agent.destroy();
    await gateway.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(gateway: SoakGateway, { baseUrl }: Simulator): Promise<string> {
  const token = { provider: 'openai-videos', label: 'one', secret: 'sk-one', baseUrl };
  await gateway.call('POST', '/admin/tokens', token);
  const scopes = ['generate', 'read'];
  return (await gateway.call<{ readonly key: string }>('POST', '/admin/keys', { label: 'one', scopes })).key;
}

async function open(upTo: number, readers: Reader[], one: () => Promise<Reader>): Promise<void> {
  while (readers.length < upTo) {
    const more = Math.min(OPENED_AT_ONCE, upTo - readers.length);
    readers.push(...(await Promise.all(Array.from({ length: more }, one))));
  }
}

/** Has a generation completed. @returns how long after its end the readers were told, those that were */
async function tell({ url }: SoakGateway, readers: readonly Reader[]): Promise<Spread> {
  const headers = { authorization: `Bearer ${readers[0]?.key ?? ''}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'sora-2', input: { prompt: 'for all of them' } });
  const asked = await fetch(`${url}/v1/generations`, { method: 'POST', headers, body });
  const { id } = (await asked.json()) as { readonly id: string };
  const boundAt = performance.now() + BOUND_MS;
  while (readers.some(isUntold) && performance.now() < boundAt) await pause(50);
  const ended = await fetch(`${url}/v1/generations/${id}`, { headers });
  const { completedAt } = (await ended.json()) as { readonly completedAt: string | null };
  return spreadOf(readers, Date.parse(completedAt ?? ''));
}

function spreadOf(readers: readonly Reader[], endedAt: number): Spread {
  const delays = readers.flatMap(({ toldAt }) => (toldAt === null ? [] : [toldAt - endedAt]));
  const sorted = delays.sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? NaN, most: sorted.at(-1) ?? NaN };
}

const isUntold = ({ toldAt }: Reader): boolean => toldAt === null;
