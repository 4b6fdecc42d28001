import type { Balancer } from 'penstock/balancer';
import { collectedHeap } from 'penstock/kernel/testing';

import { machine } from './support/machine.js';
import { mainThreadCpuMs } from './support/main-thread-cpu.js';
import { ArraySource, balancerOn, loadOf, requestOf, tokensOf, type PoolShape } from './support/pool.js';
import { ScanningBalancer } from './support/scanning-balancer.js';
import { median, quantile } from './support/stats.js';

const ROUNDS = 5;
const ROUND_MS = 400;
const SAMPLES = 20_000;
const SIZES = [100, 1_000, 10_000, 100_000];
const LARGEST = 100_000;
const HOLDERS = Array.from({ length: 1_024 }, (_, index) => requestOf(`generation_${String(index)}`));

/** Takes a lease and gives it back. */
type Pair = (index: number) => Promise<void> | void;

/** What a contender did in one round. */
interface Round {
  readonly perSecond: number;
  readonly p99Us: number;
}

/**
 * What it costs to take a lease and give it back, by the size of the pool, against a scan of it in the same run; how long
 * a refresh, and the first request of a sort, keep others waiting; and the memory for each token.
 */
export async function balancer(): Promise<void> {
  console.log(`\n## balancer\n\n${machine()}; ${String(ROUNDS)} rounds that alternate, medians\n`);
  console.log('| tokens | busy | scan: pairs / CPU s | p99 µs | balancer: pairs / CPU s | p99 µs | ratio |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const busy of [0, 0.95]) {
    for (const size of SIZES) console.log(await compare({ size, busy }));
  }
  console.log('\n| 100,000 tokens | |');
  console.log('| --- | --- |');
  for (const [what, value] of await large()) console.log(`| ${what} | ${value} |`);
}

async function compare(shape: PoolShape): Promise<string> {
  const tokens = tokensOf(shape);
  const { balancer: product } = await balancerOn(new ArraySource(tokens));
  const scan = new ScanningBalancer(tokens);
  for (const [id, leases] of loadOf(tokens, shape)) {
    scan.hold(id, leases);
    for (let lease = 0; lease < leases; lease += 1)
      await product.adopt(`${id} ${String(lease)}`, id, 'video');
  }
  const contenders = { scan: pairOf(scan), product: pairOn(product) };
  // Rounds leave the event loop no turn of its own, in which a pool would take in the rest.
  await firstRequest(product);
  await round(contenders.product);
  const rounds = { scan: [] as Round[], product: [] as Round[] };
  for (let done = 0; done < ROUNDS; done += 1) {
    rounds.scan.push(await round(contenders.scan));
    rounds.product.push(await round(contenders.product));
  }
  const of = (results: readonly Round[], key: keyof Round): number =>
    median(results.map((each) => each[key]));
  const [slow, fast] = [of(rounds.scan, 'perSecond'), of(rounds.product, 'perSecond')];
  const p99 = (results: readonly Round[]): string => of(results, 'p99Us').toFixed(1);
  return `| ${String(shape.size)} | ${String(shape.busy * 100)} % | ${slow.toFixed(0)} | ${p99(rounds.scan)} | ${fast.toFixed(0)} | ${p99(rounds.product)} | ${(fast / slow).toFixed(1)} |`;
}

function pairOf(scan: ScanningBalancer): Pair {
  return () => {
    const id = scan.acquire();
    if (id === undefined) throw new Error('The scan found no token.');
    scan.release(id);
  };
}

function pairOn(product: Balancer): Pair {
  return async (index) => {
    const request = HOLDERS[index % HOLDERS.length];
    const acquisition = request && (await product.acquire(request));
    if (acquisition?.outcome !== 'acquired') throw new Error('The balancer found no token.');
    await acquisition.lease.release();
  };
}

async function round(pair: Pair): Promise<Round> {
  let pairs = 0;
  const cpu = process.cpuUsage();
  for (const end = performance.now() + ROUND_MS; performance.now() < end;) {
    for (let batch = 0; batch < 16; batch += 1) await pair(pairs++);
  }
  const perSecond = (pairs / cpuMsSince(cpu)) * 1_000;
  const latencies: number[] = [];
  for (const end = performance.now() + ROUND_MS; latencies.length < SAMPLES && performance.now() < end;) {
    const start = performance.now();
    await pair(latencies.length);
    latencies.push((performance.now() - start) * 1_000);
  }
  latencies.sort((left, right) => left - right);
  return { perSecond, p99Us: quantile(latencies, 0.99) };
}

/** What a large pool costs besides leases. */
async function large(): Promise<readonly (readonly [string, string])[]> {
  const shape = { size: LARGEST, busy: 0 };
  const source = new ArraySource(tokensOf(shape));
  const before = collectedHeap();
  const { balancer: product, cache } = await balancerOn(source);
  await firstRequest(product);
  const perToken = (collectedHeap() - before) / LARGEST;
  const { configured, first, indexed } = await indexing(product);
  const blocks = { unchanged: [] as number[], changed: [] as number[] };
  for (let version = 2; version < 2 + ROUNDS; version += 1) {
    blocks.unchanged.push(await longestBlockMs(() => cache.refresh()));
    source.tokens = tokensOf(shape, version);
    blocks.changed.push(await longestBlockMs(() => cache.refresh()));
  }
  return [
    ['heap for each token beyond its row', `${perToken.toFixed(0)} bytes`],
    [
      'main thread between two turns of the event loop, at most, in a refresh without changes',
      `${ms(blocks.unchanged)} ms`,
    ],
    ['the same when every token has changed', `${ms(blocks.changed)} ms`],
    ['the same while a pool takes in its tokens after the first request of a sort', `${ms(indexed)} ms`],
    ['main thread for that request', `${ms(first)} ms`],
    ['main thread for a change of limits', `${ms(configured)} ms`],
  ];
}

/** The first request of its sort, until its pool has taken in all tokens. */
async function firstRequest(product: Balancer, onAnswer?: () => void): Promise<void> {
  await pairOn(product)(0);
  onAnswer?.();
  const request = requestOf('another');
  while (product.pools.of(request).filling !== undefined) await new Promise((done) => setImmediate(done));
}

/** What each of several first requests cost; a change of limits makes the next one the first again. */
async function indexing(product: Balancer): Promise<Record<'configured' | 'first' | 'indexed', number[]>> {
  const costs = { configured: [] as number[], first: [] as number[], indexed: [] as number[] };
  for (let requestsPerMinute = 1; requestsPerMinute <= ROUNDS; requestsPerMinute += 1) {
    const limits = { providers: { other: { requestsPerMinute } } };
    let start = mainThreadCpuMs();
    product.configure({ limits });
    costs.configured.push(mainThreadCpuMs() - start);
    start = mainThreadCpuMs();
    const answered = (): unknown => costs.first.push(mainThreadCpuMs() - start);
    costs.indexed.push(await longestBlockMs(() => firstRequest(product, answered)));
  }
  return costs;
}

const ms = (costs: readonly number[]): string => median(costs).toFixed(1);

/** All threads of the process, so the collector of garbage counts too. */
function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** The most CPU time of the main thread between two turns of the event loop while `work` goes on. */
async function longestBlockMs(work: () => Promise<void>): Promise<number> {
  const progress = { ended: false, longest: 0 };
  const running = work().finally(() => {
    progress.ended = true;
  });
  for (let last = mainThreadCpuMs(); !progress.ended; last = mainThreadCpuMs()) {
    await new Promise((resolve) => setImmediate(resolve));
    progress.longest = Math.max(progress.longest, mainThreadCpuMs() - last);
  }
  await running;
  return progress.longest;
}
