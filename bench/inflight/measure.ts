import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Report } from '../../tools/upstream-simulator/index.js';
import { forkServer, type ForkedServer } from '../support/fork-server.js';
import { gatewayEnvironment } from '../support/gateway-environment.js';
import { acceptedGeneration, insertGenerations } from '../support/generation-rows.js';
import { prepareFile, send, untilReady } from '../support/prepared-gateway.js';
import { quantile } from '../support/stats.js';
import { createJobs, type CreatedJob } from './jobs.js';
import type { ProbeReport, ResumeReport, Spread } from './probe.js';

/** How many generations are in flight, and how they are asked about. */
export interface Setting {
  readonly inFlight: number;
  /** Whether one call asks about many, as the provider can; else about each by itself. */
  readonly lists: boolean;
}

/** What one setting costs. */
export interface Measure extends Setting {
  readonly steady: ProbeReport;
  /** From the fork of the process. */
  readonly readyMs: number;
  readonly resumed: ResumeReport;
  /** From the start of the process until the end of the resumption. */
  readonly resumption: ProbeReport;
  readonly requestsPerSecond: number;
  /** From the end of a job to the answer that showed it, in milliseconds. */
  readonly delay: Spread;
  readonly ended: number;
  /** Ends of the window that were not seen within 10 s. */
  readonly unseen: number;
  /** The share of the whole machine's processors that did nothing. */
  readonly idlePercent: number;
}

const PER_TOKEN = 100;
/** The share of jobs that end while others go on. */
const ENDING = 0.05;
/** As different as those of real upstreams: jobs of one duration that begin together would show each step of progress together. */
const LONG = { queue: { medianMs: 0 }, duration: { medianMs: 1_200_000, sigma: 0.3 } };
const SHORT = { queue: { medianMs: 0 }, duration: { medianMs: 60_000, sigma: 0.3 } };
const LIST_WINDOW_MS = 5_000;
const SETTLING_MS = 30_000;
const WINDOW_MS = 30_000;
const DETECTION_MS = 10_000;
const RESUME_BOUND_MS = 120_000;

/** Puts generations in flight and starts a gateway that resumes them. */
export async function measure(setting: Setting): Promise<Measure> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const upstream = await forkServer(new URL('../support/upstream.js', import.meta.url));
  try {
    await putInFlight(folder, upstream.url, setting.inFlight);
    const startedAt = performance.now();
    const gateway = await forkServer(
      new URL('./gateway-program.js', import.meta.url),
      gatewayEnvironment(folder),
      { args: [String(setting.lists ? LIST_WINDOW_MS : -1)], execArgv: ['--expose-gc'] },
    );
    try {
      await untilReady(gateway.url);
      const readyMs = performance.now() - startedAt;
      const resumed = await untilResumed(gateway, setting.inFlight);
      const resumption = await gateway.ask<ProbeReport>('end');
      await pause(SETTLING_MS);
      return { ...setting, readyMs, resumed, resumption, ...(await watch(gateway, upstream.url)) };
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function putInFlight(folder: string, upstream: string, count: number): Promise<void> {
  const secrets = Array.from({ length: Math.ceil(count / PER_TOKEN) }, (_, index) => `sk-${String(index)}`);
  const control = `${upstream}/_simulator`;
  const baseUrl = `${upstream}/v1`;
  await send('PUT', `${control}/credentials`, { credentials: secrets.map((secret) => ({ secret })) });
  const tokens = await prepareFile(folder, baseUrl, secrets);
  const write = async (jobs: readonly CreatedJob[], from: number): Promise<void> => {
    const rows = jobs.map(({ secret, jobId, at }, index) => {
      const job = { tokenId: tokens.get(secret) ?? '', scope: `openai-videos ${baseUrl}`, jobId };
      return acceptedGeneration(from + index, at, job);
    });
    await insertGenerations(join(folder, 'penstock.sqlite'), rows);
  };
  const ending = Math.round(count * ENDING);
  await send('PUT', `${control}/behaviour`, LONG);
  await write(await createJobs(upstream, secrets, count - ending), 0);
  await send('PUT', `${control}/behaviour`, SHORT);
  await write(await createJobs(upstream, secrets, ending), count - ending);
}

async function untilResumed(gateway: ForkedServer, count: number): Promise<ResumeReport> {
  const giveUpAt = performance.now() + RESUME_BOUND_MS;
  for (;;) {
    const resumed = await gateway.ask<ResumeReport>('resumed');
    if (resumed.polled >= count || performance.now() > giveUpAt) return resumed;
    await pause(250);
  }
}

type Steady = Pick<Measure, 'steady' | 'requestsPerSecond' | 'delay' | 'ended' | 'unseen' | 'idlePercent'>;

async function watch(gateway: ForkedServer, upstream: string): Promise<Steady> {
  const report = (): Promise<Report> => send('GET', `${upstream}/_simulator/report`);
  const before = await report();
  await pause(1_000);
  await gateway.ask('begin');
  const idle = idleTime();
  await pause(WINDOW_MS);
  const idlePercent = (100 * (idleTime() - idle)) / WINDOW_MS / cpus().length;
  const steady = await gateway.ask<ProbeReport>('end');
  await pause(DETECTION_MS);
  const after = await report();
  const ends = after.jobs.filter(
    ({ finishedAt }) =>
      finishedAt !== null && finishedAt >= before.at && finishedAt < after.at - DETECTION_MS,
  );
  const delays = ends.flatMap(({ finishedAt, endSeenAt }) =>
    finishedAt === null || endSeenAt === null ? [] : [endSeenAt - finishedAt],
  );
  delays.sort((a, b) => a - b);
  return {
    steady,
    idlePercent,
    ended: ends.length,
    unseen: ends.length - delays.length,
    requestsPerSecond: (1_000 * (after.calls.total - before.calls.total)) / (after.at - before.at),
    delay: { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), max: delays.at(-1) ?? 0 },
  };
}

/** Of all processors since the machine was started, in milliseconds. */
const idleTime = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);
