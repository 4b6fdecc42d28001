import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import type { ApiClient } from '../support/api-client.js';
import {
  expectOneSubmissionEach,
  IN_FLIGHT,
  leasesLeft,
  survivesAKill,
  TOKENS,
} from '../support/in-flight.js';
import { QUICK, stage } from '../support/stage.js';

describe('a gateway that is killed', () => {
  it('finishes 50 generations that were in flight, each submitted once', async () => {
    await survivesAKill(await stage(IN_FLIGHT));
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

/** Also of those whose answer the client never got. */
async function everythingEnded(api: ApiClient): Promise<void> {
  for (const status of ['queued', 'submitting', 'in_progress']) {
    const unfinished = async (): Promise<unknown> =>
      (await api.request('GET', `/v1/generations?status=${status}`)).body['data'];
    await expect.poll(unfinished, { timeout: 30_000 }).toEqual([]);
  }
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
