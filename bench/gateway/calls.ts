import { setTimeout as pause } from 'node:timers/promises';

import { BatchApi } from '../support/batch-api.js';
import { KEY } from '../support/gateway-environment.js';
import { runLoad, type Load } from '../support/load.js';
import { runPaced } from '../support/paced-load.js';
import { median, quantile } from '../support/stats.js';
import { SECRET, withParties } from './parties.js';

/** How often each load is put on both in turn. */
export const ROUNDS = 5;
const PACED_MS = 3_000;

/** What one party did in one round. */
interface Round {
  readonly latencies: readonly number[];
  readonly perSecond: number;
}

/** One line of the table. */
interface Comparison {
  readonly name: string;
  readonly load: string;
  readonly run: (party: Party) => Promise<Round>;
}

interface Party {
  readonly url: string;
  readonly key: string;
  /** A video that is under way. */
  readonly video: string;
}

type RequestOf = (video: string, index: number) => ReturnType<Load['request']>;

/** The call of the gateway that does most before it answers. */
export const create: RequestOf = (_, index) => ({
  method: 'POST',
  path: '/v1/videos',
  body: { model: 'sora-2', prompt: `bench ${String(index)}` },
});
const read: RequestOf = (video) => ({ method: 'GET', path: `/v1/videos/${video}` });

const COMPARISONS: readonly Comparison[] = [
  closed('create', { callers: 1, requests: 300, request: create }),
  closed('create', { callers: 32, requests: 600, request: create }),
  closed('create', { callers: 256, requests: 1_024, request: create }),
  paced('create', { perSecond: 50, request: create }),
  closed('read status', { callers: 1, requests: 2_000, request: read }),
  closed('read status', { callers: 32, requests: 10_000, request: read }),
  closed('read status', { callers: 256, requests: 10_000, request: read }),
  paced('read status', { perSecond: 500, request: read }),
];

/** Callers that each ask again once they were answered: as much as the machine can do. */
function closed(
  name: string,
  load: { readonly callers: number; readonly requests: number; readonly request: RequestOf },
): Comparison {
  const run = ({ url, key, video }: Party): Promise<Round> =>
    runLoad({ ...load, url, key, request: (index) => load.request(video, index) });
  return { name, load: `${String(load.callers)} callers`, run };
}

/** Requests that begin at fixed times: how long one takes while the machine is not busy with others. */
function paced(
  name: string,
  { perSecond, request }: { readonly perSecond: number; readonly request: RequestOf },
): Comparison {
  const run = async ({ url, key, video }: Party): Promise<Round> => {
    const until = pause(PACED_MS);
    const latencies = await runPaced({
      url,
      key,
      perSecond,
      until,
      request: (index) => request(video, index),
    });
    return { latencies, perSecond };
  };
  return { name, load: `${String(perSecond)} a second`, run };
}

/** What the gateway adds to a call of its upstream, which is the baseline in the same run. */
export async function calls(): Promise<void> {
  console.log(
    '| call | load | upstream p50 / p99 ms | gateway p50 / p99 ms | added p50 ms | added p99 ms | upstream /s | gateway /s | ratio |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  await withParties({}, async ({ upstream, penstock }) => {
    const direct = { url: upstream.url, key: SECRET };
    const through = { url: penstock.url, key: KEY };
    for (const comparison of COMPARISONS) console.log(await compare(comparison, direct, through));
  });
}

async function compare(
  { name, load, run }: Comparison,
  ...parties: readonly Omit<Party, 'video'>[]
): Promise<string> {
  const rounds = parties.map((): Round[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, party] of parties.entries()) {
      const video = await new BatchApi(party.url, party.key).createVideo();
      rounds[index]?.push(await run({ ...party, video }));
    }
  }
  const [direct = [], through = []] = rounds;
  const added = (share: number): string => (timeOf(through, share) - timeOf(direct, share)).toFixed(2);
  const times = `${timesOf(direct)} | ${timesOf(through)} | ${added(0.5)} | ${added(0.99)}`;
  const rates = `${rateOf(direct).toFixed(0)} | ${rateOf(through).toFixed(0)}`;
  const ratio = (rateOf(through) / rateOf(direct)).toFixed(2);
  return `| ${name} | ${load} | ${times} | ${rates} | ${ratio} |`;
}

const timeOf = (rounds: readonly Round[], share: number): number =>
  median(rounds.map(({ latencies }) => quantile(latencies, share)));

/** How long requests took, as the tables show it. */
export const timesOf = (rounds: readonly Round[]): string =>
  `${timeOf(rounds, 0.5).toFixed(2)} / ${timeOf(rounds, 0.99).toFixed(2)}`;

/** Requests a second. */
export const rateOf = (rounds: readonly Round[]): number => median(rounds.map(({ perSecond }) => perSecond));
