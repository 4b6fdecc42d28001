import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { ApiClient, type GenerationBody } from '../support/api-client.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const TOKENS = ['sk-one', 'sk-two', 'sk-three'].map((secret) => ({ secret }));

describe('a gateway that is killed', () => {
  it('finishes 50 generations that were in flight, each submitted once', async () => {
    const on = await stage({
      credentials: TOKENS,
      behaviour: { queue: { medianMs: 100 }, duration: { medianMs: 3_000 } },
    });
    const created = await Promise.all(range(50).map((n) => on.api.generate(`in flight ${String(n)}`)));
    await expect.poll(() => on.simulator.control.report().jobs.length, { timeout: 20_000 }).toBe(50);
    await allInProgress(on.api, created);
    const waiting = on.api
      .request('GET', `/v1/generations/${first(created).id}?wait=60`)
      .catch(() => 'cut off');

    await on.restart('SIGKILL');

    expect(await waiting).toBe('cut off');
    expect((await on.api.end(first(created).id)).status).toBe('completed');
    const ends = await Promise.all(created.map(({ id }) => on.api.end(id)));
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 'completed'));
    expectOneSubmissionEach(on);
    expect(on.simulator.control.report().jobs).toHaveLength(50);
    expect(await leasesLeft(on.api)).toBe(0);
  });

  it('never submits twice, killed at random moments among resets and lost answers', async () => {
    const random = new SeededRandom(20_261_122);
    const on = await stage({ seed: 7, credentials: TOKENS, behaviour: QUICK });
    for (const type of ['reset-before', 'reset-after', 'truncated-json'] as const) {
      on.simulator.control.addFault({ operation: 'create', probability: 0.08, fault: { type } });
    }
    on.simulator.control.addFault({
      operation: 'create',
      probability: 0.1,
      fault: { type: 'server-error', status: 503 },
    });
    on.simulator.control.addFault({
      operation: 'retrieve',
      probability: 0.1,
      fault: { type: 'reset-before' },
    });
    const accepted = new Set<string>();

    for (const round of range(20)) {
      const asked = range(6).map(async (n) => {
        const generation = await on.api
          .generate(`round ${String(round)} number ${String(n)}`)
          .catch(() => null);
        if (generation !== null) accepted.add(generation.id);
      });
      await new Promise((resolve) => setTimeout(resolve, random.below(500)));
      await on.restart('SIGKILL');
      await Promise.all(asked);
    }

    const ends = await Promise.all([...accepted].map((id) => on.api.end(id)));
    expect(accepted.size).toBeGreaterThan(20);
    for (const end of ends) expect([end.status, end.error?.code]).toBeOneOf(POSSIBLE_ENDS);
    expect(ends.filter(({ status }) => status === 'completed').length).toBeGreaterThan(accepted.size / 2);
    expectOneSubmissionEach(on);
    await everythingEnded(on.api);
    expect(await leasesLeft(on.api)).toBe(0);
  });
});

const POSSIBLE_ENDS = [
  ['completed', undefined],
  ['failed', 'submission_unknown'],
  ['failed', 'upstream_unavailable'],
];

function expectOneSubmissionEach({ simulator }: Stage): void {
  const twice = simulator.control.report().submissions.filter(({ jobs }) => jobs > 1);
  expect(twice).toEqual([]);
}

async function allInProgress(api: ApiClient, generations: readonly GenerationBody[]): Promise<void> {
  const count = async (): Promise<number> => {
    const { body } = await api.request('GET', '/v1/generations?status=in_progress&limit=100');
    return (body['data'] as readonly unknown[]).length;
  };
  await expect.poll(count, { timeout: 20_000 }).toBe(generations.length);
}

/** Also of those whose answer the client never got. */
async function everythingEnded(api: ApiClient): Promise<void> {
  for (const status of ['queued', 'submitting', 'in_progress']) {
    const unfinished = async (): Promise<unknown> =>
      (await api.request('GET', `/v1/generations?status=${status}`)).body['data'];
    await expect.poll(unfinished, { timeout: 30_000 }).toEqual([]);
  }
}

async function leasesLeft(api: ApiClient): Promise<number> {
  const { body } = await api.request('GET', '/admin/tokens?limit=100');
  const tokens = body['data'] as readonly { readonly counters: { readonly inFlight: number } }[];
  return tokens.reduce((sum, { counters }) => sum + counters.inFlight, 0);
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

function first<T>([item]: readonly T[]): T {
  if (item === undefined) throw new Error('The list is empty.');
  return item;
}
