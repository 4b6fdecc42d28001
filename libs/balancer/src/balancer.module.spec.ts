import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TokenCacheModule, TokenSource } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { AdmissionQueue } from './admission/admission-queue.js';
import { Balancer } from './balancer.js';
import { BalancerModule } from './balancer.module.js';
import { BalancingStrategy, type Candidate, type CandidatePool } from './ports/balancing-strategy.js';
import { LeaseStore } from './ports/lease-store.js';
import { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';
import { PowerOfTwoChoices } from './strategies/power-of-two-choices.js';

class FirstOfAll extends BalancingStrategy {
  override probe(pool: CandidatePool): Candidate | undefined {
    return pool.at(0);
  }

  override choose([first]: readonly [Candidate, ...Candidate[]]): Candidate {
    return first;
  }
}

class OwnLeaseStore extends InMemoryLeaseStore {}

const source = new FakeTokenSource([
  aToken({ id: 'a', limits: { video: 1 } }),
  aToken({ id: 'b', enabled: false }),
]);
@Module({ providers: [{ provide: TokenSource, useValue: source }], exports: [TokenSource] })
class SourceModule {}
const tokens = TokenCacheModule.forRoot({ imports: [SourceModule], isGlobal: true });

describe('BalancerModule', () => {
  it('works with its defaults', async () => {
    const app = await Test.createTestingModule({ imports: [tokens, BalancerModule.forRoot({})] }).compile();
    await app.init();
    const queue = app.get(AdmissionQueue);
    const lease = await queue.enter(aLeaseRequest()).lease;
    expect(lease.tokenId).toBe('a');
    expect(app.get(Balancer).stats()).toEqual({ inFlight: 1, tokens: 2, active: 1 });
    expect(app.get(BalancingStrategy)).toBeInstanceOf(PowerOfTwoChoices);
    const waiting = queue.enter(aLeaseRequest({ holder: 'second' }));
    await app.close();
    await expect(waiting.lease).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('takes another strategy, another store and options', async () => {
    const balancer = BalancerModule.forRoot({
      maxWaiting: 1,
      fullRetryAfterMs: 9,
      strategy: FirstOfAll,
      leaseStore: OwnLeaseStore,
      isGlobal: true,
    });
    expect(balancer.global).toBe(true);
    const app = await Test.createTestingModule({ imports: [tokens, balancer] }).compile();
    await app.init();
    expect(app.get(BalancingStrategy)).toBeInstanceOf(FirstOfAll);
    expect(app.get(LeaseStore)).toBeInstanceOf(OwnLeaseStore);
    const queue = app.get(AdmissionQueue);
    queue.enter(aLeaseRequest());
    expect(() => queue.enter(aLeaseRequest({ holder: 'second' }))).toThrow(
      expect.objectContaining({ code: 'queue_full', retryAfterMs: 9 }),
    );
    await app.close();
  });

  it('refuses options that are out of bounds', async () => {
    const balancer = BalancerModule.forRootAsync({ useFactory: () => ({ maxWaiting: 0 }) });
    await expect(Test.createTestingModule({ imports: [tokens, balancer] }).compile()).rejects.toThrow(
      'maxWaiting must be an integer >= 1, got 0',
    );
  });
});
