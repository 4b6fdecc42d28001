import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { forkServer } from './support/fork-server.js';
import { runLoad, type Load, type LoadResult } from './support/load.js';
import { machine } from './support/machine.js';
import { median, quantile } from './support/stats.js';

const ROUNDS = 5;
const KEY = 'bench-admin-key-0123456789';
const SECRET = 'sk-bench';

/** One line of the table: the same load on the upstream itself and through the gateway. */
interface Comparison {
  readonly name: string;
  readonly callers: number;
  readonly requests: number;
  readonly request: (video: string, index: number) => ReturnType<Load['request']>;
}

const create = (_: string, index: number) => ({
  method: 'POST' as const,
  path: '/v1/videos',
  body: { model: 'sora-2', prompt: `bench ${String(index)}` },
});
const read = (video: string) => ({ method: 'GET' as const, path: `/v1/videos/${video}` });

const COMPARISONS: readonly Comparison[] = [
  { name: 'create', callers: 1, requests: 300, request: create },
  { name: 'create', callers: 32, requests: 600, request: create },
  { name: 'read status', callers: 1, requests: 2_000, request: read },
  { name: 'read status', callers: 32, requests: 10_000, request: read },
];

/**
 * What the gateway adds to a call of its upstream, which is the baseline in the same run. The upstream, the gateway and the
 * load are three processes; rounds alternate, and each figure is the median of the rounds.
 */
export async function gateway(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  const upstream = await forkServer(new URL('./support/upstream.js', import.meta.url));
  const penstock = await forkServer(new URL('./support/gateway.js', import.meta.url), {
    PORT: '0',
    PENSTOCK_DATA_DIR: folder,
    PENSTOCK_ADMIN_KEY: KEY,
    LOG_LEVEL: 'error',
  });
  try {
    await addToken(penstock.url, `${upstream.url}/v1`);
    console.log(`\n## gateway\n\n${machine()}; ${String(ROUNDS)} rounds, medians\n`);
    console.log(
      '| call | callers | upstream p50 / p99 ms | gateway p50 / p99 ms | added p50 ms | upstream /s | gateway /s | ratio |',
    );
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const comparison of COMPARISONS) console.log(await compare(comparison, upstream.url, penstock.url));
  } finally {
    await penstock.stop();
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(comparison: Comparison, upstream: string, penstock: string): Promise<string> {
  const { name, callers } = comparison;
  const direct: LoadResult[] = [];
  const through: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    direct.push(await load(comparison, upstream, SECRET));
    through.push(await load(comparison, penstock, KEY));
  }
  const of = (results: readonly LoadResult[], share: number): number =>
    median(results.map(({ latencies }) => quantile(latencies, share)));
  const rate = (results: readonly LoadResult[]): number => median(results.map(({ perSecond }) => perSecond));
  const times = (results: readonly LoadResult[]): string =>
    `${of(results, 0.5).toFixed(2)} / ${of(results, 0.99).toFixed(2)}`;
  const added = (of(through, 0.5) - of(direct, 0.5)).toFixed(2);
  const ratio = (rate(through) / rate(direct)).toFixed(2);
  const rates = `${rate(direct).toFixed(0)} | ${rate(through).toFixed(0)}`;
  return `| ${name} | ${String(callers)} | ${times(direct)} | ${times(through)} | ${added} | ${rates} | ${ratio} |`;
}

async function load(
  { callers, requests, request }: Comparison,
  url: string,
  key: string,
): Promise<LoadResult> {
  const video = await createOne(url, key);
  return runLoad({ url, key, callers, requests, request: (index) => request(video, index) });
}

async function createOne(url: string, key: string): Promise<string> {
  const { id } = (await post(`${url}/v1/videos`, key, { model: 'sora-2', prompt: 'bench' })) as {
    id: string;
  };
  return id;
}

async function addToken(url: string, baseUrl: string): Promise<void> {
  await post(`${url}/admin/tokens`, KEY, {
    provider: 'openai-videos',
    label: 'bench',
    secret: SECRET,
    baseUrl,
  });
}

async function post(url: string, key: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answers ${String(answer.status)}: ${await answer.text()}`);
  return answer.json();
}
