import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';

import { FakePollTarget } from '../testing/index.js';
import { PollScheduler } from './poll-scheduler.js';
import { PollingModule } from './polling.module.js';
import type { PollingOptions } from './polling.options.js';
import { PollingStrategyPlugin } from './polling-strategy.decorator.js';
import { PollingStrategies } from './polling-strategies.js';
import { PollTarget } from './ports/poll-target.js';
import { PollingStrategy } from './ports/polling-strategy.js';
import { PredictiveStrategy } from './strategies/predictive/predictive-strategy.js';
import { StagesStrategy } from './strategies/stages-strategy.js';

@Injectable()
class Pace {
  readonly intervalMs = 1_234;
}

/** A strategy of a user's module, with a dependency of its own. */
@PollingStrategyPlugin('steady')
class SteadyStrategy extends PollingStrategy {
  constructor(private readonly pace: Pace) {
    super();
  }

  override nextDelayMs(): number {
    return this.pace.intervalMs;
  }
}

@PollingStrategyPlugin('steady')
class OtherStrategy extends SteadyStrategy {}

@PollingStrategyPlugin('odd')
class NoStrategy {}

async function start(options: PollingOptions, ...strategies: Type[]): Promise<TestingModule> {
  @Module({ providers: [Pace, ...strategies, { provide: PollTarget, useClass: FakePollTarget }] })
  class UserModule {}

  const app = await Test.createTestingModule({
    imports: [PollingModule.forRoot(options), UserModule],
  }).compile();
  return await app.init();
}

describe('PollingStrategies', () => {
  it.each([
    [{}, PredictiveStrategy],
    [{ strategy: 'stages' }, StagesStrategy],
    [{ strategy: 'steady' }, SteadyStrategy],
  ])('%j chooses', async (options, type) => {
    const app = await start(options, SteadyStrategy);
    expect(app.get(PollingStrategies).current).toBeInstanceOf(type);
    await app.close();
  });

  it('takes an object, and names it after its class', async () => {
    const strategy = new StagesStrategy({ lastIntervalMs: 1 });
    const app = await start({ strategy });
    const strategies = app.get(PollingStrategies);
    expect(strategies.current).toBe(strategy);
    expect([...strategies.all.keys()]).toEqual(['stages', 'predictive', 'StagesStrategy']);
    await app.close();
  });

  it('lets another one take over while the scheduler runs', async () => {
    const app = await start({ strategy: 'stages' }, SteadyStrategy);
    const scheduler = app.get(PollScheduler);
    const delayMs = (id: string): number => {
      const before = Date.now();
      scheduler.track({ id, kind: 'video', tokenId: 't1', progress: null, remainingMs: 60_000 });
      return (scheduler.nextPollAt(id) ?? 0) - before;
    };
    expect(delayMs('g1')).toBeGreaterThanOrEqual(4_900);
    app.get(PollingStrategies).use('steady');
    expect(delayMs('g2')).toBeLessThan(4_000);
    await app.close();
  });

  it('names what there is when it is asked for something else', async () => {
    const message = 'There is no polling strategy "fast". There are: predictive, stages, steady.';
    await expect(start({ strategy: 'fast' }, SteadyStrategy)).rejects.toThrow(new RangeError(message));
  });

  it('refuses two of one name, and what is no strategy', async () => {
    await expect(start({}, SteadyStrategy, OtherStrategy)).rejects.toThrow(
      'Two polling strategies are named "steady": SteadyStrategy and OtherStrategy. Rename one.',
    );
    await expect(start({}, NoStrategy)).rejects.toThrow(
      'The polling strategy "odd" does not extend PollingStrategy.',
    );
  });
});
