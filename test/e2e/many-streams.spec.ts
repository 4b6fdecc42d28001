import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

import { expect, it, onTestFinished } from 'vitest';

import { QUICK, stage, type Stage } from '../support/stage.js';

const STREAMS = 2_000;
const OPENED_AT_ONCE = 100;
/** Beyond what the gateway has without them, which depends on the version of Node. */
const MOST_MEGABYTES = 200;

/** What a process has in memory, as the system sees it. */
function megabytesOf(pid: number | undefined): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1_024;
}

/** Opens one stream; the function tells whether a generation was told of as completed over it. */
async function follow(on: Stage, agent: Agent): Promise<() => boolean> {
  const request = get(`${on.api.url}/v1/events`, {
    agent,
    headers: { authorization: `Bearer ${on.api.key}` },
  });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let isTold = false;
  answer.setEncoding('utf8');
  answer.on('data', (text: string) => {
    isTold ||= text.includes('"status":"completed"');
  });
  answer.on('error', () => undefined);
  return () => isTold;
}

it('2,000 streams of events take 200 MB at most, and all of them are told', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  const agent = new Agent({ maxSockets: Infinity });
  onTestFinished(() => {
    agent.destroy();
  });
  const before = megabytesOf(on.gateway().child.pid);
  const streams: (() => boolean)[] = [];
  while (streams.length < STREAMS) {
    const opening = Array.from({ length: OPENED_AT_ONCE }, () => follow(on, agent));
    streams.push(...(await Promise.all(opening)));
  }
  await on.api.generate('for all of them');
  const left = (): number => streams.filter((isTold) => !isTold()).length;
  await expect.poll(left, { timeout: 60_000 }).toBe(0);
  expect(megabytesOf(on.gateway().child.pid) - before).toBeLessThan(MOST_MEGABYTES);
});
