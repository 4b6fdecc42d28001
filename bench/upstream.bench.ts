import { forkServer } from './support/fork-server.js';
import { machine } from './support/machine.js';
import { median, quantile } from './support/stats.js';
import { type Contender, contendersOn } from './upstream/contenders.js';

const ROUNDS = 15;
const ROUND_MS = 700;
const CALLERS = [1, 32];

/** What a contender did in one round. */
interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** What a request costs through a session, and through the clients over it, against bare undici in the same run. */
export async function upstream(): Promise<void> {
  const server = await forkServer(new URL('./support/answers.js', import.meta.url));
  const contenders = contendersOn(server.url);
  try {
    console.log(`\n## upstream\n\n${machine()}; ${String(ROUNDS)} rounds that alternate, medians\n`);
    console.log('| callers | way | requests/s | p99 ms | share of undici |');
    console.log('| --- | --- | --- | --- | --- |');
    for (const callers of CALLERS) {
      for (const line of await compare(contenders, callers)) console.log(line);
    }
  } finally {
    await Promise.all(contenders.map(({ close }) => close()));
    await server.stop();
  }
}

async function compare(contenders: readonly Contender[], callers: number): Promise<readonly string[]> {
  const rounds = contenders.map((): Round[] => []);
  for (const { ask } of contenders) await roundOf(ask, callers);
  for (let done = 0; done < ROUNDS; done += 1) {
    // Nobody always comes first, or after the same one.
    for (let step = 0; step < contenders.length; step += 1) {
      const index = (done + step) % contenders.length;
      const contender = contenders[index];
      if (contender !== undefined) rounds[index]?.push(await roundOf(contender.ask, callers));
    }
  }
  return contenders.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    // Of each round by itself: what else the machine does meanwhile befalls both alike.
    const shares = own.map(({ perSecond }, round) => perSecond / (rounds[0]?.[round]?.perSecond ?? NaN));
    const perSecond = median(own.map((round) => round.perSecond)).toFixed(0);
    const p99 = median(own.map(({ p99Ms }) => p99Ms)).toFixed(2);
    return `| ${String(callers)} | ${name} | ${perSecond} | ${p99} | ${(median(shares) * 100).toFixed(0)} % |`;
  });
}

async function roundOf(ask: Contender['ask'], callers: number): Promise<Round> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + ROUND_MS;
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await ask();
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = (latencies.length / (performance.now() - startedAt)) * 1_000;
  return {
    perSecond,
    p99Ms: quantile(
      latencies.sort((a, b) => a - b),
      0.99,
    ),
  };
}
