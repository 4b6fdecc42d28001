import { forkServer } from '../support/fork-server.js';
import { KEY } from '../support/gateway-environment.js';
import { runLoad, type Load, type LoadResult } from '../support/load.js';
import { create, rateOf, ROUNDS, timesOf } from './calls.js';
import { withParties } from './parties.js';
import { startPortkey } from './portkey.js';

const LOADS = [
  { callers: 1, requests: 300 },
  { callers: 32, requests: 600 },
  { callers: 256, requests: 1_024 },
] as const;

/** Somebody who takes a request for a generation. */
interface Contender {
  readonly name: string;
  readonly load: Pick<Load, 'url' | 'key' | 'request' | 'headers'>;
}

/**
 * Beside Portkey, whose gateway forwards chat completions only and keeps nothing: its cheapest call of that kind against our
 * most expensive one, which keeps a generation on the disk before it answers and submits it meanwhile.
 */
export async function peers(): Promise<void> {
  const answers = await forkServer(new URL('../support/answers.js', import.meta.url));
  const portkey = await startPortkey().catch((error: unknown) => String(error));
  try {
    if (typeof portkey === 'string') {
      console.log(
        `Portkey could not be had, so there is no comparison with it: ${portkey.split('\n')[0] ?? ''}`,
      );
      return;
    }
    console.log('| POST | callers | p50 / p99 ms | /s | of Portkey |');
    console.log('| --- | --- | --- | --- | --- |');
    await withParties({}, async ({ penstock }) => {
      const contenders: readonly Contender[] = [
        { name: 'Portkey: chat completion, forwarded', load: chatThrough(portkey.url, answers.url) },
        {
          name: 'Penstock: video, kept',
          load: { url: penstock.url, key: KEY, request: (index) => create('', index) },
        },
      ];
      for (const load of LOADS) for (const line of await compare(contenders, load)) console.log(line);
    });
  } finally {
    if (typeof portkey !== 'string') await portkey.stop();
    await answers.stop();
  }
}

/** A chat completion through Portkey, to a server that answers at once. */
function chatThrough(url: string, upstream: string): Contender['load'] {
  return {
    url,
    key: 'none',
    headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` },
    request: (index) => ({
      method: 'POST',
      path: '/v1/chat/completions',
      body: { model: 'bench', messages: [{ role: 'user', content: `bench ${String(index)}` }] },
    }),
  };
}

async function compare(
  contenders: readonly Contender[],
  load: (typeof LOADS)[number],
): Promise<readonly string[]> {
  const rounds = contenders.map((): LoadResult[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, contender] of contenders.entries())
      rounds[index]?.push(await runLoad({ ...contender.load, ...load }));
  }
  const peer = rateOf(rounds[0] ?? []);
  return contenders.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    const share = ((rateOf(own) / peer) * 100).toFixed(0);
    return `| ${name} | ${String(load.callers)} | ${timesOf(own)} | ${rateOf(own).toFixed(0)} | ${share} % |`;
  });
}
