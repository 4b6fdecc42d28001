import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aLane, drain, limitsOf } from '../testing/slot-parts.js';
import { PollSlots } from './poll-slots.js';

/** The origin is the last character of the token. */
const laneOf = (id: string, tokenId: string) => aLane(id, tokenId, tokenId.at(-1));

describe('PollSlots', () => {
  it('grants the most overdue first, across tokens', () => {
    const slots = new PollSlots(limitsOf({ maxActive: 10, maxActivePerToken: 10 }));
    slots.enqueue(aLane('a2', 'a'), 20, 0);
    slots.enqueue(aLane('b3', 'b'), 30, 0);
    slots.enqueue(aLane('b1', 'b'), 10, 0);
    slots.enqueue(aLane('a4', 'a'), 40, 0);
    expect(drain(slots)).toEqual(['b1', 'a2', 'b3', 'a4']);
    expect([slots.active, slots.due]).toEqual([4, 0]);
  });

  it('passes over a token without a free slot', () => {
    const slots = new PollSlots(limitsOf({ maxActive: 10, maxActivePerToken: 1 }));
    slots.enqueue(aLane('a1', 'a'), 1, 0);
    slots.enqueue(aLane('a2', 'a'), 2, 0);
    slots.enqueue(aLane('b3', 'b'), 3, 0);
    expect(drain(slots)).toEqual(['a1', 'b3']);
    slots.release(aLane('', 'b'), 0);
    expect(drain(slots)).toEqual([]);
    slots.release(aLane('', 'a'), 0);
    expect(drain(slots)).toEqual(['a2']);
  });

  it('forgets what is removed, and says whether it was there', () => {
    const slots = new PollSlots(limitsOf({ maxActive: 1, maxActivePerToken: 1 }));
    const poll = aLane('a1', 'a');
    slots.enqueue(poll, 1, 0);
    expect([slots.remove(poll, 0), slots.remove(poll, 0)]).toEqual([true, false]);
    expect([slots.take(0), slots.due]).toEqual([undefined, 0]);
  });

  it('follows changed limits', () => {
    const slots = new PollSlots(limitsOf({ maxActive: 1, maxActivePerToken: 1 }));
    for (const [index, tokenId] of ['a', 'a', 'b'].entries())
      slots.enqueue(aLane(`${index}`, tokenId), index, 0);
    expect(drain(slots)).toEqual(['0']);
    slots.setLimits(limitsOf({ maxActive: 3, maxActivePerToken: 2 }), 0);
    expect(drain(slots)).toEqual(['1', '2']);
    slots.setLimits(limitsOf({ maxActive: 1, maxActivePerToken: 1 }), 0);
    slots.enqueue(aLane('3', 'a'), 3, 0);
    slots.release(aLane('', 'a'), 0);
    slots.release(aLane('', 'a'), 0);
    expect(drain(slots)).toEqual([]);
    slots.release(aLane('', 'b'), 0);
    expect(drain(slots)).toEqual(['3']);
  });

  it('ignores a release without a claim', () => {
    const slots = new PollSlots(limitsOf({ maxActive: 1, maxActivePerToken: 1 }));
    slots.release(aLane('', 'a'), 0);
    expect(slots.active).toBe(0);
  });

  it('keeps to a limit of an origin, which holds up no other', () => {
    const slots = new PollSlots(limitsOf({ maxActivePerOrigin: 1 }));
    slots.enqueue(aLane('a1', 'a', 'x'), 1, 0);
    slots.enqueue(aLane('b2', 'b', 'x'), 2, 0);
    slots.enqueue(aLane('c3', 'c', 'y'), 3, 0);
    expect(drain(slots)).toEqual(['a1', 'c3']);
    slots.release(aLane('a1', 'a', 'x'), 0);
    expect(drain(slots)).toEqual(['b2']);
  });

  it('takes the due polls of a token along to its new origin', () => {
    const slots = new PollSlots(limitsOf({ maxActivePerOrigin: 1 }));
    slots.enqueue(aLane('b1', 'b', 'x'), 1, 0);
    expect(drain(slots)).toEqual(['b1']);
    slots.enqueue(aLane('a2', 'a', 'x'), 2, 0);
    slots.enqueue(aLane('a3', 'a', 'y'), 3, 0);
    expect(slots.take(0)).toMatchObject(aLane('a2', 'a', 'y'));
    slots.release(aLane('a2', 'a', 'y'), 0);
    expect(drain(slots)).toEqual(['a3']);
  });

  it('opens a budget with time, and gives what is most overdue its turn first', () => {
    const slots = new PollSlots(limitsOf({ tokenPollsPerMinute: 6 }), -60_000);
    for (const [index, id] of ['a3', 'a1', 'a2'].entries())
      slots.enqueue(aLane(id, 'a'), [3, 1, 2][index] ?? 0, 0);
    expect(drain(slots)).toEqual(['a1']);
    expect(slots.nextOpenAt).toBe(10_000);
    slots.tick(9_999);
    expect(drain(slots, 9_999)).toEqual([]);
    slots.tick(10_000);
    expect(drain(slots, 10_000)).toEqual(['a2']);
    slots.charge(aLane('', 'a'), 2, 10_000);
    expect(slots.nextOpenAt).toBe(40_000);
  });

  it('shares the budget of an origin among its tokens', () => {
    const slots = new PollSlots(limitsOf({ originPollsPerMinute: 6 }), -60_000);
    slots.enqueue(aLane('a2', 'a'), 2, 0);
    slots.enqueue(aLane('b1', 'b'), 1, 0);
    expect(drain(slots)).toEqual(['b1']);
    slots.tick(10_000);
    expect(drain(slots, 10_000)).toEqual(['a2']);
  });

  it('takes the budget of the provider unless a setting says otherwise', () => {
    const provider = new PollSlots(limitsOf({}), -60_000);
    const setting = new PollSlots(limitsOf({ tokenPollsPerMinute: 1_200 }), -60_000);
    for (const slots of [provider, setting]) {
      for (const id of ['1', '2', '3']) slots.enqueue({ ...aLane(id, 'a'), pollsPerMinute: 6 }, 1, 0);
    }
    expect([drain(provider), drain(setting)]).toEqual([['1'], ['1', '2', '3']]);
  });

  it('lets nothing of a paused token begin, and everything of others', () => {
    const slots = new PollSlots(limitsOf({}));
    slots.pause(aLane('', 'a'), 5_000, 0);
    slots.enqueue(aLane('a1', 'a'), 1, 0);
    slots.enqueue(aLane('b2', 'b'), 2, 0);
    expect([drain(slots), slots.nextOpenAt]).toEqual([['b2'], 5_000]);
    slots.tick(5_000);
    expect(drain(slots, 5_000)).toEqual(['a1']);
  });

  it('always grants the most overdue poll that the limits allow', () => {
    const limits = limitsOf({ maxActive: 4, maxActivePerToken: 2, maxActivePerOrigin: 3 });
    const poll = fc.record({ tokenId: fc.constantFrom('a1', 'b1', 'c2'), dueAt: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(fc.oneof(poll, fc.constant('take'), fc.constant('release'))), (steps) => {
        const slots = new PollSlots(limits);
        let due: { id: string; tokenId: string; dueAt: number }[] = [];
        const active: string[] = [];
        for (const [index, step] of steps.entries()) {
          if (typeof step === 'object') {
            due.push({ id: `${index}`, ...step });
            slots.enqueue(laneOf(`${index}`, step.tokenId), step.dueAt, 0);
          } else if (step === 'release') {
            const tokenId = active.shift();
            if (tokenId !== undefined) slots.release(laneOf('', tokenId), 0);
          } else {
            const allowed = due.filter(
              ({ tokenId }) =>
                active.length < 4 &&
                active.filter((token) => token === tokenId).length < 2 &&
                active.filter((token) => token.at(-1) === tokenId.at(-1)).length < 3,
            );
            const earliest = Math.min(...allowed.map(({ dueAt }) => dueAt));
            const taken = slots.take(0)?.id;
            const granted = due.find(({ id }) => id === taken);
            expect(granted?.dueAt).toBe(allowed.length === 0 ? undefined : earliest);
            if (granted !== undefined) active.push(granted.tokenId);
            due = due.filter((other) => other !== granted);
          }
          expect([slots.active, slots.due]).toEqual([active.length, due.length]);
        }
      }),
    );
  });
});
