import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { BatchApi } from './support/batch-api.js';
import { forkServer } from './support/fork-server.js';
import { gatewayEnvironment, KEY } from './support/gateway-environment.js';
import { importRows, ndjson, type ImportRow } from './support/import-rows.js';
import { machine } from './support/machine.js';
import { runPaced, type PacedRequest } from './support/paced-load.js';
import { quantile } from './support/stats.js';

const SECRET = 'sk-bench';
const USUAL_MS = 20_000;

/** What people ask meanwhile. */
interface Requests {
  readonly name: string;
  readonly perSecond: number;
  readonly request: (video: string, index: number) => PacedRequest;
}

const REQUESTS: readonly Requests[] = [
  {
    name: 'read status',
    perSecond: 100,
    request: (video) => ({ method: 'GET', path: `/v1/videos/${video}` }),
  },
  {
    name: 'create',
    perSecond: 10,
    request: (_, index) => ({
      method: 'POST',
      path: '/v1/videos',
      body: { model: 'sora-2', prompt: `bench ${String(index)}` },
    }),
  },
];

/** How long requests took, by their name, in rising order. */
type Latencies = ReadonlyMap<string, readonly number[]>;

/**
 * What importing many tokens costs, and what requests feel of it. The requests begin at fixed times; the baseline are the
 * same requests without an import, half of them before it and half after.
 */
export async function batch({
  rows: count = '10000',
}: {
  readonly rows?: string | undefined;
}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const upstream = await forkServer(new URL('./support/upstream.js', import.meta.url));
  const penstock = await forkServer(
    new URL('./support/gateway.js', import.meta.url),
    gatewayEnvironment(folder),
  );
  const api = new BatchApi(penstock.url, KEY);
  try {
    const { known, rows } = importRows(Number(count));
    await api.addToken(SECRET, `${upstream.url}/v1`);
    const video = await api.createVideo();
    const load = (until: Promise<unknown>): Promise<Latencies> => loadOf(penstock.url, video, until);
    await importAll(api, known);
    const before = await load(pause(USUAL_MS / 2));
    const memory = await api.residentMiB();
    const importing = importAll(api, rows);
    const during = await load(importing);
    const imported = await importing;
    const after = await load(pause(USUAL_MS / 2));
    console.log(`\n## batch\n\n${machine()}\n`);
    console.log(tableOf(rows.length, imported, memory));
    console.log(effectOf([before, after], during));
  } finally {
    await penstock.stop();
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Imported {
  readonly acceptedMs: number;
  readonly tookMs: number;
  readonly peakMiB: number;
  readonly results: Readonly<Record<string, number>>;
}

async function importAll(api: BatchApi, rows: readonly ImportRow[]): Promise<Imported> {
  const state = { over: false, peakMiB: 0 };
  const watching = (async () => {
    while (!state.over) {
      state.peakMiB = Math.max(state.peakMiB, await api.residentMiB());
      await pause(500);
    }
  })();
  const startedAt = performance.now();
  const id = await api.importTokens(ndjson(rows));
  const acceptedMs = performance.now() - startedAt;
  const { results } = await api.end(id);
  const tookMs = performance.now() - startedAt;
  state.over = true;
  await watching;
  return { acceptedMs, tookMs, peakMiB: state.peakMiB, results };
}

async function loadOf(url: string, video: string, until: Promise<unknown>): Promise<Latencies> {
  const loads = REQUESTS.map(async ({ name, perSecond, request }) => {
    const latencies = await runPaced({
      url,
      key: KEY,
      perSecond,
      until,
      request: (index) => request(video, index),
    });
    return [name, latencies] as const;
  });
  return new Map(await Promise.all(loads));
}

function tableOf(rows: number, { acceptedMs, tookMs, peakMiB, results }: Imported, memory: number): string {
  const { added = 0, duplicate = 0 } = results;
  const perSecond = Math.round((rows * 1_000) / tookMs);
  const seconds = [acceptedMs, tookMs].map((ms) => (ms / 1_000).toFixed(1)).join(' | ');
  const memories = `${memory.toFixed(0)} | ${peakMiB.toFixed(0)}`;
  return [
    '| rows | added | duplicates | accepted s | done s | rows /s | memory before MiB | at most MiB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    `| ${rows} | ${added} | ${duplicate} | ${seconds} | ${perSecond} | ${memories} |`,
    '',
  ].join('\n');
}

function effectOf(usual: readonly Latencies[], during: Latencies): string {
  const lines = REQUESTS.map(({ name, perSecond }) => {
    const plain = usual
      .flatMap((latencies) => [...(latencies.get(name) ?? [])])
      .sort((one, other) => one - other);
    const beside = during.get(name) ?? [];
    const times = (of: readonly number[]): string =>
      `${quantile(of, 0.5).toFixed(2)} / ${quantile(of, 0.99).toFixed(2)}`;
    const ratio = (quantile(beside, 0.99) / quantile(plain, 0.99)).toFixed(2);
    return `| ${name} | ${perSecond} | ${times(plain)} | ${times(beside)} | ${ratio} |`;
  });
  return [
    '| requests | /s | usual p50 / p99 ms | while importing p50 / p99 ms | p99 ratio |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
