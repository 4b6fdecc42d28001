import { ManualClock } from 'penstock/kernel/testing';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { aBalancer, aLeaseRequest } from '../testing/index.js';
import type { Balancer } from './balancer.js';
import type { BalancerLimits } from './limits.js';
import type { Candidate, Selection } from './ports/balancing-strategy.js';
import { RoundRobin } from './strategies/round-robin.js';

/** Counts how often pools were made anew. */
class CountedRoundRobin extends RoundRobin {
  made = 0;

  override createSelection<C extends Candidate>(): Selection<C> {
    this.made += 1;
    return super.createSelection();
  }
}

describe('Balancer.configure', () => {
  const strategies = { default: 'the only one' };
  const limits: BalancerLimits = { groups: { org: { requestsPerMinute: 9, limits: { video: 1 } } } };
  let strategy: CountedRoundRobin;
  let balancer: Balancer;
  const outcome = async (holder: string): Promise<string> =>
    (await balancer.acquire(aLeaseRequest({ holder }))).outcome;

  beforeEach(async () => {
    const clock = new ManualClock();
    strategy = new CountedRoundRobin();
    const cache = await loadedTokenCache(clock, [aToken({ limits: { video: -1 }, quotaGroup: 'org' })]);
    balancer = aBalancer({ cache, clock, strategy, limits });
  });

  it('keeps the pools when nothing changed, however it is written', async () => {
    expect(await outcome('1')).toBe('acquired');
    const { made } = strategy;
    balancer.configure({ strategies: { ...strategies }, limits: structuredClone(limits) });
    balancer.configure({ strategies: { models: {}, ...strategies }, limits: { ...limits, providers: {} } });
    expect(await outcome('2')).toBe('busy');
    expect(strategy.made).toBe(made);
  });

  it('makes them anew when something did, and forgets no lease', async () => {
    expect(await outcome('1')).toBe('acquired');
    const { made } = strategy;
    balancer.configure({ strategies, limits: { groups: { org: { limits: { video: 2 } } } } });
    expect([await outcome('2'), await outcome('3')]).toEqual(['acquired', 'busy']);
    expect(strategy.made).toBeGreaterThan(made);
    balancer.configure({ strategies, limits: { groups: { org: { limits: { video: 3 } } } } });
    expect([await outcome('4'), await outcome('5')]).toEqual(['acquired', 'busy']);
  });

  it('takes a copy of what it is given', async () => {
    const video = { video: 1 };
    const given = { groups: { org: { limits: video } } };
    balancer.configure({ strategies, limits: given });
    video.video = 5;
    expect([await outcome('1'), await outcome('2')]).toEqual(['acquired', 'busy']);
    balancer.configure({ strategies, limits: given });
    expect(await outcome('3')).toBe('acquired');
  });

  it('changes nothing when it is refused', async () => {
    for (const refused of [
      { strategies: { default: 'nobody' } },
      { strategies, limits: { groups: { org: { limits: { video: 0 } } } } },
    ]) {
      expect(() => {
        balancer.configure(refused);
      }).toThrow();
    }
    expect([await outcome('1'), await outcome('2')]).toEqual(['acquired', 'busy']);
  });
});
