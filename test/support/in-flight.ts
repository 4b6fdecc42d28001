import { expect } from 'vitest';

import type { SimulatorOptions } from '../../tools/upstream-simulator/index.js';
import type { ApiClient, GenerationBody } from './api-client.js';
import type { Stage } from './stage.js';

/** Three tokens without limits. */
export const TOKENS = ['sk-one', 'sk-two', 'sk-three'].map((secret) => ({ secret }));

/** Jobs that take long enough to be interrupted. */
export const IN_FLIGHT: SimulatorOptions = {
  credentials: TOKENS,
  behaviour: { queue: { medianMs: 100 }, duration: { medianMs: 3_000 } },
};

/** Creates generations, and waits until the upstream has all of them. */
export async function putInFlight(on: Stage, count: number): Promise<readonly GenerationBody[]> {
  const created = await Promise.all(
    Array.from({ length: count }, (_, index) => on.api.generate(`in flight ${String(index)}`)),
  );
  await expect.poll(() => on.simulator.control.report().jobs.length, { timeout: 20_000 }).toBe(count);
  const inProgress = async (): Promise<number> => {
    const { body } = await on.api.request('GET', '/v1/generations?status=in_progress&limit=100');
    return (body['data'] as readonly unknown[]).length;
  };
  await expect.poll(inProgress, { timeout: 20_000 }).toBe(count);
  return created;
}

/** Waits for the end of all, and checks that each was completed by one job. */
export async function allComplete(on: Stage, created: readonly GenerationBody[]): Promise<void> {
  const ends = await Promise.all(created.map(({ id }) => on.api.end(id)));
  expect(ends.map(({ status }) => status)).toEqual(created.map(() => 'completed'));
  expectOneSubmissionEach(on);
  expect(on.simulator.control.report().jobs).toHaveLength(created.length);
  expect(await leasesLeft(on.api)).toBe(0);
}

/** Kills a gateway with 50 generations in flight: after the next start they complete. */
export async function survivesAKill(on: Stage): Promise<void> {
  const created = await putInFlight(on, 50);
  const waiting = on.api
    .request('GET', `/v1/generations/${created[0]?.id ?? ''}?wait=60`)
    .catch(() => 'cut off');
  await on.restart('SIGKILL');
  expect(await waiting).toBe('cut off');
  await allComplete(on, created);
}

/** No prompt was submitted twice. */
export function expectOneSubmissionEach({ simulator }: Stage): void {
  const twice = simulator.control.report().submissions.filter(({ jobs }) => jobs > 1);
  expect(twice).toEqual([]);
}

/** Leases that the tokens still hold. */
export async function leasesLeft(api: ApiClient): Promise<number> {
  const { body } = await api.request('GET', '/admin/tokens?limit=100');
  const tokens = body['data'] as readonly { readonly counters: { readonly inFlight: number } }[];
  return tokens.reduce((sum, { counters }) => sum + counters.inFlight, 0);
}
