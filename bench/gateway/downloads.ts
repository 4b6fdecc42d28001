import { setTimeout as pause } from 'node:timers/promises';

import { Pool } from 'undici';

import { BatchApi } from '../support/batch-api.js';
import { KEY } from '../support/gateway-environment.js';
import { median, quantile } from '../support/stats.js';
import { SECRET, withParties } from './parties.js';

const FILE_BYTES = 50_000_000;
/** How many files are loaded in a round by how many callers, and how many rounds there are. */
const LOADS = [
  { callers: 1, files: 8, rounds: 3 },
  { callers: 32, files: 64, rounds: 3 },
  { callers: 256, files: 256, rounds: 1 },
] as const;

type Load = (typeof LOADS)[number];

/** What one round gave. */
interface Round {
  /** From the request to the first byte, in milliseconds, in rising order. */
  readonly firstBytes: readonly number[];
  readonly megabytesPerSecond: number;
}

interface Party {
  readonly url: string;
  readonly key: string;
  readonly video: string;
}

/** A file of 50 MB through the gateway, which hands it on as it comes, and from its upstream directly. */
export async function downloads(): Promise<void> {
  console.log(
    '| 50 MB content: callers | first byte, upstream p50 / p99 ms | gateway p50 / p99 ms | upstream MB/s | gateway MB/s | ratio | gateway resident before MiB | at most MiB |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const environment = {
    upstream: { BENCH_FILE_BYTES: String(FILE_BYTES) },
    // By default 64 are handed on at once from one origin, and others wait for their turn.
    gateway: { BENCH_CONNECTIONS: '256' },
  };
  await withParties(environment, async ({ upstream, penstock, api }) => {
    const direct = await finished({ url: upstream.url, key: SECRET });
    const through = await finished({ url: penstock.url, key: KEY });
    for (const load of LOADS) console.log(await compare(load, { direct, through, api }));
  });
}

/** A party with a video that is done. */
async function finished(party: { readonly url: string; readonly key: string }): Promise<Party> {
  const video = await new BatchApi(party.url, party.key).createVideo();
  const headers = { authorization: `Bearer ${party.key}` };
  for (;;) {
    const answer = await fetch(`${party.url}/v1/videos/${video}`, { headers });
    const { status } = (await answer.json()) as { readonly status: string };
    if (status === 'completed') return { ...party, video };
    if (status === 'failed') throw new Error(`${video} of ${party.url} failed.`);
    await pause(200);
  }
}

async function compare(
  load: Load,
  { direct, through, api }: { readonly direct: Party; readonly through: Party; readonly api: BatchApi },
): Promise<string> {
  const before = await api.residentMiB();
  const watch = watchMemory(api);
  const rounds = { direct: [] as Round[], through: [] as Round[] };
  try {
    for (let round = 0; round < load.rounds; round += 1) {
      rounds.direct.push(await downloadAll(load, direct));
      rounds.through.push(await downloadAll(load, through));
    }
  } finally {
    await watch.end();
  }
  const peak = watch.peakMiB();
  const rate = (of: readonly Round[]): number => median(of.map((each) => each.megabytesPerSecond));
  const first = (of: readonly Round[], share: number): string =>
    median(of.map(({ firstBytes }) => quantile(firstBytes, share))).toFixed(1);
  const times = [rounds.direct, rounds.through].map((of) => `${first(of, 0.5)} / ${first(of, 0.99)}`);
  const [slow, fast] = [rate(rounds.through), rate(rounds.direct)];
  const rates = `${fast.toFixed(0)} | ${slow.toFixed(0)} | ${(slow / fast).toFixed(2)}`;
  return `| ${String(load.callers)} | ${times.join(' | ')} | ${rates} | ${before.toFixed(0)} | ${peak.toFixed(0)} |`;
}

async function downloadAll({ callers, files }: Load, { url, key, video }: Party): Promise<Round> {
  const pool = new Pool(url, { connections: callers, pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
  const firstBytes: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < files) {
      next += 1;
      const startedAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: `/v1/videos/${video}/content`,
        headers: { authorization: `Bearer ${key}` },
      });
      let bytes = 0;
      for await (const chunk of body) {
        if (bytes === 0) firstBytes.push(performance.now() - startedAt);
        bytes += (chunk as Buffer).length;
      }
      if (statusCode !== 200 || bytes !== FILE_BYTES)
        throw new Error(
          `A download from ${url} has status ${String(statusCode)} and ${String(bytes)} bytes.`,
        );
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  const megabytesPerSecond = (files * FILE_BYTES) / 1e6 / seconds;
  return { firstBytes: firstBytes.sort((one, other) => one - other), megabytesPerSecond };
}

function watchMemory(api: BatchApi): { readonly end: () => Promise<void>; readonly peakMiB: () => number } {
  const state = { isOver: false, peakMiB: 0 };
  const watching = (async () => {
    while (!state.isOver) {
      // A look that fails is none; what is wrong with the gateway, the downloads tell.
      state.peakMiB = Math.max(state.peakMiB, await api.residentMiB().catch(() => 0));
      await pause(250);
    }
  })();
  return {
    end: () => {
      state.isOver = true;
      return watching;
    },
    peakMiB: () => state.peakMiB,
  };
}
