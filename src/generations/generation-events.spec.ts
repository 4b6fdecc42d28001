import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { GENERATION_CHANGED, GenerationEvents } from './generation-events.js';
import { GenerationFactory } from './generation.factory.js';
import { aRequest } from './testing/a-request.js';

describe('GenerationEvents', () => {
  const factory = new GenerationFactory(new ManualClock());
  const [one, other] = [factory.create(aRequest(), 'k'), factory.create(aRequest(), 'k')];
  let emitter: EventEmitter2;
  let events: GenerationEvents;
  let seen: string[];

  beforeEach(() => {
    Logger.overrideLogger(false);
    emitter = new EventEmitter2();
    events = new GenerationEvents(emitter);
    seen = [];
  });

  it('tells those who follow all, and those who follow the one', () => {
    emitter.on(GENERATION_CHANGED, ({ id }: { id: string }) => seen.push(`all ${id}`));
    events.subscribe(one.id, ({ id }) => seen.push(`one ${id}`));
    events.publish(one);
    events.publish(other);
    expect(seen).toEqual([`all ${one.id}`, `one ${one.id}`, `all ${other.id}`]);
  });

  it('stops when it is told to, and leaves nothing', () => {
    const stop = events.subscribe(one.id, () => seen.push('called'));
    stop();
    stop();
    events.publish(one);
    expect([seen, emitter.eventNames()]).toEqual([[], []]);
  });

  it('lets no listener keep the change from those who follow the one', () => {
    emitter.on(GENERATION_CHANGED, () => {
      throw new Error('broken');
    });
    events.subscribe(one.id, () => seen.push('told'));
    expect(() => {
      events.publish(one);
    }).not.toThrow();
    expect(seen).toEqual(['told']);
  });
});
