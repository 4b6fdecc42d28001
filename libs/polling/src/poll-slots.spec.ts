import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PollSlots } from './poll-slots.js';

const drain = (slots: PollSlots): string[] => {
  const ids: string[] = [];
  for (let granted = slots.take(); granted !== undefined; granted = slots.take()) ids.push(granted.id);
  return ids;
};

describe('PollSlots', () => {
  it('grants the most overdue first, across tokens', () => {
    const slots = new PollSlots({ maxActive: 10, maxActivePerToken: 10 });
    slots.enqueue({ id: 'a2', tokenId: 'a' }, 20);
    slots.enqueue({ id: 'b3', tokenId: 'b' }, 30);
    slots.enqueue({ id: 'b1', tokenId: 'b' }, 10);
    slots.enqueue({ id: 'a4', tokenId: 'a' }, 40);
    expect(drain(slots)).toEqual(['b1', 'a2', 'b3', 'a4']);
    expect([slots.active, slots.due]).toEqual([4, 0]);
  });

  it('passes over a token without a free slot', () => {
    const slots = new PollSlots({ maxActive: 10, maxActivePerToken: 1 });
    slots.enqueue({ id: 'a1', tokenId: 'a' }, 1);
    slots.enqueue({ id: 'a2', tokenId: 'a' }, 2);
    slots.enqueue({ id: 'b3', tokenId: 'b' }, 3);
    expect(drain(slots)).toEqual(['a1', 'b3']);
    slots.release('b');
    expect(drain(slots)).toEqual([]);
    slots.release('a');
    expect(drain(slots)).toEqual(['a2']);
  });

  it('forgets what is removed, and says whether it was there', () => {
    const slots = new PollSlots({ maxActive: 1, maxActivePerToken: 1 });
    const poll = { id: 'a1', tokenId: 'a' };
    slots.enqueue(poll, 1);
    expect([slots.remove(poll), slots.remove(poll)]).toEqual([true, false]);
    expect([slots.take(), slots.due]).toEqual([undefined, 0]);
  });

  it('follows changed limits', () => {
    const slots = new PollSlots({ maxActive: 1, maxActivePerToken: 1 });
    for (const [index, tokenId] of ['a', 'a', 'b'].entries())
      slots.enqueue({ id: `${index}`, tokenId }, index);
    expect(drain(slots)).toEqual(['0']);
    slots.setLimits({ maxActive: 3, maxActivePerToken: 2 });
    expect(drain(slots)).toEqual(['1', '2']);
    slots.setLimits({ maxActive: 1, maxActivePerToken: 1 });
    slots.enqueue({ id: '3', tokenId: 'a' }, 3);
    slots.release('a');
    slots.release('a');
    expect(drain(slots)).toEqual([]);
    slots.release('b');
    expect(drain(slots)).toEqual(['3']);
  });

  it('ignores a release without a claim', () => {
    const slots = new PollSlots({ maxActive: 1, maxActivePerToken: 1 });
    slots.release('a');
    expect(slots.active).toBe(0);
  });

  it('always grants the most overdue poll that the limits allow', () => {
    const limits = { maxActive: 4, maxActivePerToken: 2 };
    const poll = fc.record({ tokenId: fc.constantFrom('a', 'b', 'c'), dueAt: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(fc.oneof(poll, fc.constant('take'), fc.constant('release'))), (steps) => {
        const slots = new PollSlots(limits);
        let due: { id: string; tokenId: string; dueAt: number }[] = [];
        const active: string[] = [];
        for (const [index, step] of steps.entries()) {
          if (typeof step === 'object') {
            due.push({ id: `${index}`, ...step });
            slots.enqueue({ id: `${index}`, tokenId: step.tokenId }, step.dueAt);
          } else if (step === 'release') {
            const tokenId = active.shift();
            if (tokenId !== undefined) slots.release(tokenId);
          } else {
            const allowed = due.filter(
              ({ tokenId }) => active.length < 4 && active.filter((token) => token === tokenId).length < 2,
            );
            const earliest = Math.min(...allowed.map(({ dueAt }) => dueAt));
            const taken = slots.take()?.id;
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
