import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TokenCacheModule, TokenSource } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { AdmissionQueue } from './admission/admission-queue.js';
import { Balancer } from './balancer.js';
import { BalancerModule } from './balancer.module.js';
import type { BalancerOptions } from './balancer.options.js';
import { BalancingStrategyPlugin } from './balancing-strategy.decorator.js';
import { ModelStrategies } from './model-strategies.js';
import { BalancingStrategy, type Candidate, type Selection } from './ports/balancing-strategy.js';
import { LeaseStore } from './ports/lease-store.js';
import { RankedSelection } from './selection/ranked-selection.js';
import { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';

/** What a token costs, as somebody's own service knows. */
@Injectable()
class Prices {
  readonly of: Readonly<Record<string, number>> = { cheap: 1, dear: 9 };
}

@BalancingStrategyPlugin('cheapest-first')
class CheapestFirst extends BalancingStrategy {
  constructor(private readonly prices: Prices) {
    super();
  }

  override createSelection<C extends Candidate>(): Selection<C> {
    return new RankedSelection(({ token }) => this.prices.of[token.id] ?? Infinity);
  }
}

@Module({ providers: [Prices, CheapestFirst] })
class PricesModule {}

@BalancingStrategyPlugin('round-robin')
class AnotherRoundRobin extends CheapestFirst {}

@Module({ providers: [Prices, AnotherRoundRobin] })
class ClashModule {}

class OwnLeaseStore extends InMemoryLeaseStore {}

const source = new FakeTokenSource([
  aToken({ id: 'dear', limits: { video: 1 } }),
  aToken({ id: 'cheap', limits: { video: 1 } }),
  aToken({ id: 'off', enabled: false }),
]);
@Module({ providers: [{ provide: TokenSource, useValue: source }], exports: [TokenSource] })
class SourceModule {}
const tokens = TokenCacheModule.forRoot({ imports: [SourceModule], isGlobal: true });

const start = async (options: BalancerOptions, ...modules: readonly object[]): Promise<TestingModule> => {
  const imports = [tokens, BalancerModule.forRoot(options), ...(modules as [])];
  return (await Test.createTestingModule({ imports }).compile()).init();
};

describe('BalancerModule', () => {
  it('works with its defaults', async () => {
    const app = await start({});
    const queue = app.get(AdmissionQueue);
    await queue.enter(aLeaseRequest({ holder: '1' })).lease;
    await queue.enter(aLeaseRequest({ holder: '2' })).lease;
    expect(app.get(Balancer).stats()).toEqual({ inFlight: 2, tokens: 3, active: 2 });
    const waiting = queue.enter(aLeaseRequest({ holder: '3' }));
    await app.close();
    await expect(waiting.lease).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('takes another store and options', async () => {
    const balancer = BalancerModule.forRoot({
      maxWaiting: 1,
      fullRetryAfterMs: 9,
      leaseStore: OwnLeaseStore,
      isGlobal: true,
    });
    expect(balancer.global).toBe(true);
    const app = await (await Test.createTestingModule({ imports: [tokens, balancer] }).compile()).init();
    expect(app.get(LeaseStore)).toBeInstanceOf(OwnLeaseStore);
    const queue = app.get(AdmissionQueue);
    for (const holder of ['1', '2', '3']) queue.enter(aLeaseRequest({ holder }));
    expect(() => queue.enter(aLeaseRequest({ holder: '4' }))).toThrow(
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

describe('strategies', () => {
  const chosenBy = async (balancer: Balancer, model: string): Promise<string | undefined> => {
    const acquisition = await balancer.acquire(aLeaseRequest({ model }));
    if (acquisition.outcome !== 'acquired') return undefined;
    await acquisition.lease.release();
    return acquisition.lease.tokenId;
  };
  const KNOWN = 'least-in-flight, power-of-two-choices, quota-aware, random, round-robin, weighted';

  it('are found in any module, and chosen by name and by model', async () => {
    const app = await start(
      { strategies: { default: 'round-robin', models: { cheap: 'cheapest-first' } } },
      PricesModule,
    );
    const balancer = app.get(Balancer);
    for (let round = 0; round < 5; round++) expect(await chosenBy(balancer, 'cheap')).toBe('cheap');
    const [first, second, third] = [
      await chosenBy(balancer, 'other'),
      await chosenBy(balancer, 'other'),
      await chosenBy(balancer, 'other'),
    ];
    expect(first).not.toBe(second);
    expect(third).toBe(first);
    await app.close();
  });

  it('can be changed while it runs, as a whole or not at all', async () => {
    const app = await start({}, PricesModule);
    const balancer = app.get(Balancer);
    balancer.configure({ strategies: { default: 'cheapest-first' } });
    for (let round = 0; round < 5; round++) expect(await chosenBy(balancer, 'any')).toBe('cheap');
    expect(() => {
      balancer.configure({ strategies: { default: 'random', models: { any: 'fastest' } } });
    }).toThrow(`There is no balancing strategy "fastest". There are: cheapest-first, ${KNOWN}.`);
    expect(() => {
      balancer.configure({ strategies: {}, limits: { groups: { org: { requestsPerMinute: -1 } } } });
    }).toThrow(RangeError);
    for (let round = 0; round < 5; round++) expect(await chosenBy(balancer, 'any')).toBe('cheap');
    await app.close();
  });

  it('can be listed', async () => {
    const app = await start({}, PricesModule);
    expect(app.get(Balancer).strategyNames).toEqual(['cheapest-first', ...KNOWN.split(', ')]);
    await app.close();
  });

  it('are refused at start when nobody has that name', async () => {
    await expect(start({ strategies: { models: { 'sora-2': 'fastest' } } })).rejects.toMatchObject({
      code: 'unknown_strategy',
      message: `There is no balancing strategy "fastest". There are: ${KNOWN}.`,
    });
  });

  it('are refused at start when two have the same name', async () => {
    await expect(start({}, ClashModule)).rejects.toMatchObject({
      code: 'duplicate_strategy',
      message: expect.stringMatching(/"round-robin" is registered by \w+ and \w+\. Rename one/) as string,
    });
  });

  it('are not known before the start', () => {
    const strategies = new ModelStrategies({ strategies: () => new Map() });
    expect(() => strategies.of('any')).toThrow('before the module was initialised');
  });
});
