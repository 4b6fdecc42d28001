import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { FakePollTarget } from '../testing/index.js';
import { PollScheduler } from './poll-scheduler.js';
import { PollingModule } from './polling.module.js';
import { PollTarget } from './ports/poll-target.js';
import { PollingStrategy } from './ports/polling-strategy.js';

@Injectable()
class Generations {
  constructor(readonly polls: PollScheduler) {}

  follow(id: string): void {
    const remainingMs = this.polls.deadlineMs('video');
    this.polls.track({ id, kind: 'video', tokenId: 't1', progress: null, remainingMs });
  }
}

/** Uses the scheduler and provides its target, as an application does. */
@Module({
  providers: [Generations, { provide: PollTarget, useClass: FakePollTarget }],
})
class GenerationsModule {}

@Module({ providers: [{ provide: Clock, useClass: ManualClock }], exports: [Clock] })
class ClockModule {}

class EverySecond extends PollingStrategy {
  override nextDelayMs(): number {
    return 1_000;
  }
}

describe('PollingModule', () => {
  it('polls the target of a module that depends on the scheduler, and stops with the application', async () => {
    const app = await Test.createTestingModule({
      imports: [
        PollingModule.forRoot({ isGlobal: true, imports: [ClockModule], strategy: new EverySecond() }),
        GenerationsModule,
      ],
    }).compile();
    await app.init();
    const clock = app.get<ManualClock>(Clock, { strict: false });
    const target = app.get<FakePollTarget>(PollTarget, { strict: false });
    app.get(Generations).follow('g1');
    await clock.advance(2_500);
    expect(target.polled).toEqual(['g1', 'g1']);
    await app.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('uses the clock of the machine when nobody provides one', async () => {
    const app = await Test.createTestingModule({
      imports: [PollingModule.forRoot({ isGlobal: true }), GenerationsModule],
    }).compile();
    await app.init();
    app.get(Generations).follow('g1');
    const target = app.get<FakePollTarget>(PollTarget, { strict: false });
    const scheduler = app.get(PollScheduler, { strict: false });
    scheduler.wake('g1');
    await expect.poll(() => target.polled).toEqual(['g1']);
    expect(scheduler.nextPollAt('g1')).toBeGreaterThan(Date.now() + 4_000);
    await app.close();
    expect(scheduler.stats().tracked).toBe(0);
  });

  it('says what is missing when no module provides a target', async () => {
    const app = await Test.createTestingModule({ imports: [PollingModule.forRoot({})] }).compile();
    await expect(app.init()).rejects.toThrow(
      'PollingModule found no PollTarget. Add { provide: PollTarget, useClass: … } to a module of the application.',
    );
  });

  it('refuses options that are out of bounds', async () => {
    const module = PollingModule.forRootAsync({ useFactory: () => ({ maxActive: 0 }) });
    await expect(Test.createTestingModule({ imports: [module] }).compile()).rejects.toThrow(
      'maxActive must be an integer >= 1, got 0',
    );
  });
});
