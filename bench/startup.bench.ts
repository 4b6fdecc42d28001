import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { SystemClock } from 'penstock/kernel';

import { forkServer } from './support/fork-server.js';
import type { GatewayUse } from './support/gateway.js';
import { acceptedGeneration, completedGeneration, insertGenerations } from './support/generation-rows.js';
import { machine } from './support/machine.js';
import { gatewayEnvironment } from './support/gateway-environment.js';
import { prepareFile, untilReady } from './support/prepared-gateway.js';
import { median, quantile } from './support/stats.js';

const ROUNDS = 9;
const REST_MS = 3_000;
const DAY_MS = 86_400_000;
const TARGET_MS = 2_000;
const SECRET = 'sk-bench';

/** What a gateway finds in its file. */
interface Found {
  readonly finished: number;
  readonly unfinished: number;
}

const FOUND: readonly Found[] = [
  { finished: 0, unfinished: 0 },
  { finished: 100_000, unfinished: 0 },
  { finished: 100_000, unfinished: 5_000 },
];

/** How one start went. */
interface Start {
  /** From the fork of the process until `/health/ready` answers 200. */
  readonly readyMs: number;
  /** Time on the processor until then, which others on the machine do not change. */
  readonly cpuMs: number;
  /** At rest. */
  readonly residentMiB: number;
}

/** From the start of the process to ready, and memory at rest, by what the file holds. Rounds alternate. */
export async function startup(): Promise<void> {
  const upstream = await forkServer(new URL('./support/answers.js', import.meta.url));
  const folders: string[] = [];
  try {
    for (const found of FOUND) folders.push(await fileWith(found, upstream.url));
    const starts = FOUND.map((): Start[] => []);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [index, folder] of folders.entries()) starts[index]?.push(await start(folder));
    console.log(`\n## startup\n\n${machine()}; ${String(ROUNDS)} rounds that alternate\n`);
    console.log(
      '| finished | unfinished | ready p50 / p99 s | CPU until then s | resident at rest MiB | under 2 s |',
    );
    console.log('| --- | --- | --- | --- | --- | --- |');
    for (const [index, found] of FOUND.entries()) console.log(lineOf(found, starts[index] ?? []));
  } finally {
    await upstream.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

async function fileWith({ finished, unfinished }: Found, upstream: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const tokens = await prepareFile(folder, upstream, [SECRET]);
  const now = new SystemClock().now();
  const job = (index: number) => ({
    tokenId: tokens.get(SECRET) ?? '',
    scope: `openai-videos ${upstream}`,
    jobId: `job-${String(index)}`,
  });
  const rows = Array.from({ length: finished + unfinished }, (_, index) =>
    index < finished
      ? completedGeneration(index, now - DAY_MS + index, job(index))
      : acceptedGeneration(index, now, job(index)),
  );
  await insertGenerations(join(folder, 'penstock.sqlite'), rows);
  return folder;
}

async function start(folder: string): Promise<Start> {
  const startedAt = performance.now();
  const gateway = await forkServer(
    new URL('./support/gateway.js', import.meta.url),
    gatewayEnvironment(folder),
  );
  await untilReady(gateway.url);
  const readyMs = performance.now() - startedAt;
  const { cpuMs } = await gateway.ask<GatewayUse>('use');
  await pause(REST_MS);
  const { residentMiB } = await gateway.ask<GatewayUse>('use');
  await gateway.stop();
  return { readyMs, cpuMs, residentMiB };
}

function lineOf({ finished, unfinished }: Found, starts: readonly Start[]): string {
  const times = starts.map(({ readyMs }) => readyMs).sort((a, b) => a - b);
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const resident = median(starts.map(({ residentMiB }) => residentMiB));
  const cpu = (median(starts.map(({ cpuMs }) => cpuMs)) / 1_000).toFixed(2);
  const verdict = p99 < TARGET_MS ? 'yes' : p50 < TARGET_MS ? 'in the median' : 'no';
  const ready = `${(p50 / 1_000).toFixed(2)} / ${(p99 / 1_000).toFixed(2)}`;
  return `| ${String(finished)} | ${String(unfinished)} | ${ready} | ${cpu} | ${resident.toFixed(0)} | ${verdict} |`;
}
