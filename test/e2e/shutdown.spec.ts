import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';

import { expect, it } from 'vitest';

import { readEvents } from '../support/event-stream.js';
import { stage, type Stage } from '../support/stage.js';

it('SIGTERM in full work ends with 0 soon, and everything goes on after the next start', async () => {
  const on = await stage({
    credentials: [
      { secret: 'sk-one', concurrency: 8 },
      { secret: 'sk-two', concurrency: 8 },
    ],
    behaviour: { queue: { medianMs: 50 }, duration: { medianMs: 4_000 }, contentBytes: 20_000_000 },
  });
  on.simulator.control.setBehaviour({ duration: { medianMs: 50 } });
  const done = await on.api.end((await on.api.generate('done before')).id);
  on.simulator.control.setBehaviour({ duration: { medianMs: 4_000 } });
  const running = await Promise.all(range(12).map((n) => on.api.generate(`running ${String(n)}`)));
  await Promise.all(running.map(({ id }) => on.api.reach(id, 'in_progress')));
  on.simulator.control.addFault({ operation: 'create', fault: { type: 'slow', delayMs: 1_500 } });
  on.simulator.control.addFault({
    operation: 'retrieve',
    probability: 0.5,
    fault: { type: 'slow', delayMs: 800 },
  });
  on.simulator.control.addFault({ operation: 'content', fault: { type: 'slow', bytesPerSecond: 100_000 } });
  const late = await Promise.all(range(12).map((n) => on.api.generate(`late ${String(n)}`)));
  await expect.poll(async () => await countOf(on, 'submitting')).toBeGreaterThan(0);
  expect(await countOf(on, 'queued')).toBeGreaterThan(0);

  const longPoll = on.api.request('GET', `/v1/generations/${running[0]?.id ?? ''}?wait=60`).then(
    ({ status }) => status,
    () => 'cut off',
  );
  const headers = { authorization: `Bearer ${on.api.key}` };
  const frames = readEvents(
    await fetch(`${on.api.url}/v1/generations/${running[1]?.id ?? ''}/events`, { headers }),
  );
  await frames.next();
  const stream = (async () => {
    while ((await frames.next()).done !== true);
  })().catch(() => undefined);
  const download = (await fetch(`${on.api.url}/v1/videos/${done.id}/content`, { headers }))
    .arrayBuffer()
    .catch(() => 'broken');

  const { child } = on.gateway();
  await terminated(child, 20_000);
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  await Promise.all([longPoll, stream, download]);
  expect(on.gateway().output()).not.toMatch(/"level":(50|60)/);

  on.simulator.control.removeFault();
  await on.restart('SIGKILL');
  const ends = await Promise.all([...running, ...late].map(({ id }) => on.api.end(id)));
  expect(ends.map(({ status, error }) => [status, error])).toEqual(ends.map(() => ['completed', null]));
  const { submissions, violations } = on.simulator.control.report();
  expect(submissions.filter(({ jobs, calls }) => jobs !== 1 || calls !== 1)).toEqual([]);
  expect(violations).toEqual({ concurrency: 0, hammering: 0 });
});

it('SIGTERM with nothing to do ends at once', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }] });
  const { child } = on.gateway();
  await terminated(child, 3_000);
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
});

it('SIGTERM while a client reads slowly does not wait for it', async () => {
  const on = await stage({
    credentials: [{ secret: 'sk-one' }],
    behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 50 }, contentBytes: 50_000_000 },
  });
  const { id } = await on.api.end((await on.api.generate('large')).id);
  const answer = await fetch(`${on.api.url}/v1/videos/${id}/content`, {
    headers: { authorization: `Bearer ${on.api.key}` },
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  const { child } = on.gateway();
  await terminated(child, 20_000);
  expect(child.exitCode).toBe(0);
  await reader?.cancel().catch(() => undefined);
});

it('a second SIGTERM changes nothing', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: { queue: { medianMs: 0 } } });
  on.simulator.control.addFault({ operation: 'create', fault: { type: 'slow', delayMs: 1_000 } });
  const { id } = await on.api.generate('on its way');
  await on.api.reach(id, 'submitting');
  const { child } = on.gateway();
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await terminated(child, 20_000);
  expect(child.exitCode).toBe(0);
  await on.restart('SIGKILL');
  expect((await on.api.reach(id, 'in_progress')).attempts).toBe(1);
});

/** Sends SIGTERM and waits for the end; kills what has not ended in time. */
async function terminated(child: ChildProcess, withinMs: number): Promise<void> {
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(timer);
}

async function countOf(on: Stage, status: string): Promise<number> {
  const { body } = await on.api.request('GET', `/v1/generations?status=${status}&limit=100`);
  return (body['data'] as readonly unknown[]).length;
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
