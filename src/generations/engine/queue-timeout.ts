import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';

import { GenerationStore } from '../generation-store.js';
import { GenerationSettings } from '../generations.options.js';
import { Settlement } from './settlement.js';
import { WaitingRoom } from './waiting-room.js';

/** Ends generations that waited too long for a token. */
@Injectable()
export class QueueTimeout {
  constructor(
    private readonly room: WaitingRoom,
    private readonly store: GenerationStore,
    private readonly settlement: Settlement,
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
  ) {}

  @Interval(5_000)
  @Timed({ name: 'queue timeout', kind: 'task' })
  async sweep(): Promise<void> {
    const oldest = this.clock.now() - this.settings.queueTimeoutMs;
    for (const id of this.room.waiting()) {
      const generation = this.store.live(id);
      if (generation?.status !== 'queued' || generation.createdAt > oldest || !this.room.withdraw(id))
        continue;
      await this.settlement.settle(id, {
        status: 'failed',
        code: 'queue_timeout',
        message: 'No token became free in time. Ask again later, or ask the operator for more tokens.',
      });
    }
  }
}
