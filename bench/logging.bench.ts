import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BatchApi, type Usage } from './support/batch-api.js';
import { forkServer } from './support/fork-server.js';
import { gatewayEnvironment, KEY } from './support/gateway-environment.js';
import { runLoad } from './support/load.js';
import { startLoggedGateway } from './support/logged-gateway.js';
import { machine } from './support/machine.js';
import { median } from './support/stats.js';

const ROUNDS = 9;
const REQUESTS = 6_000;
const CALLERS = 32;
/** The first is the baseline: nothing fatal happens, so nothing is logged. At `debug` every request is. */
const LEVELS = ['fatal', 'info', 'debug'] as const;

type Level = (typeof LEVELS)[number];

/** What one round gave. */
interface Round {
  readonly perSecond: number;
  /** Of the gateway's process, all threads. */
  readonly cpuUs: number;
  readonly lagMs: number;
  readonly bytes: number;
}

/**
 * What logging costs at full load: one gateway, whose level is changed between rounds, is asked for the status of a video
 * as fast as it answers. Its log goes to a file.
 */
export async function logging(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const file = join(folder, 'log');
  const upstream = await forkServer(new URL('./support/upstream.js', import.meta.url));
  const environment = { ...gatewayEnvironment(folder), LOG_LEVEL: 'fatal' };
  const penstock = await startLoggedGateway(file, environment);
  const api = new BatchApi(penstock.url, KEY);
  try {
    await api.addToken('sk-bench', `${upstream.url}/v1`);
    const video = await api.createVideo();
    const run = (level: Level): Promise<Round> => round({ level, api, url: penstock.url, video, file });
    for (const level of LEVELS) await run(level);
    const rounds = new Map(LEVELS.map((level) => [level, [] as Round[]]));
    for (let done = 0; done < ROUNDS; done += 1) {
      // Nobody always comes after the same one.
      for (let step = 0; step < LEVELS.length; step += 1) {
        const level = LEVELS[(done + step) % LEVELS.length] ?? 'fatal';
        rounds.get(level)?.push(await run(level));
      }
    }
    print(rounds);
  } finally {
    await penstock.stop();
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function round(of: {
  readonly level: Level;
  readonly api: BatchApi;
  readonly url: string;
  readonly video: string;
  readonly file: string;
}): Promise<Round> {
  const { level, api, url, video, file } = of;
  await api.setLogLevel(level);
  const bytes = (await stat(file)).size;
  // The delay of the event loop begins anew with each scrape.
  const before = await api.usage();
  const request = () => ({ method: 'GET' as const, path: `/v1/videos/${video}` });
  const { perSecond } = await runLoad({ url, key: KEY, callers: CALLERS, requests: REQUESTS, request });
  const after = await api.usage();
  return { perSecond, ...costOf(before, after), bytes: (await stat(file)).size - bytes };
}

function costOf(before: Usage, after: Usage): Pick<Round, 'cpuUs' | 'lagMs'> {
  const cpuUs = ((after.cpuSeconds - before.cpuSeconds) * 1e6) / REQUESTS;
  return { cpuUs, lagMs: after.loopDelayP99Ms };
}

function print(rounds: ReadonlyMap<Level, readonly Round[]>): void {
  console.log(`\n## logging\n\n${machine()}; ${String(ROUNDS)} rounds that alternate, medians\n`);
  console.log(
    '| level | requests /s | of fatal | CPU µs a request | of fatal | event loop p99 ms | log bytes a request |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const baseline = rounds.get('fatal') ?? [];
  for (const [level, own] of rounds) {
    const of = (key: keyof Round): number => median(own.map((each) => each[key]));
    // Of each round by itself: what else the machine does meanwhile befalls all alike.
    const share = (key: 'perSecond' | 'cpuUs'): string => {
      const shares = own.map((each, index) => each[key] / (baseline[index]?.[key] ?? NaN));
      return `${(median(shares) * 100).toFixed(1)} %`;
    };
    const rate = `${of('perSecond').toFixed(0)} | ${share('perSecond')}`;
    const cpu = `${of('cpuUs').toFixed(0)} | ${share('cpuUs')}`;
    const bytes = (of('bytes') / REQUESTS).toFixed(0);
    console.log(`| ${level} | ${rate} | ${cpu} | ${of('lagMs').toFixed(1)} | ${bytes} |`);
  }
}
