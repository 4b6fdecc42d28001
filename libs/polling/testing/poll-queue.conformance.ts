import fc from 'fast-check';
import type { PollQueue, QueuedPoll } from 'penstock/polling';
import { beforeEach, describe, expect, it } from 'vitest';

type Step =
  | { readonly type: 'schedule'; readonly id: string; readonly dueAt: number }
  | { readonly type: 'remove'; readonly id: string }
  | { readonly type: 'pop'; readonly now: number };

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const time = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('schedule'), id, dueAt: time }) },
  fc.record({ type: fc.constant('remove'), id }),
  fc.record({ type: fc.constant('pop'), now: time }),
);

/** The obvious queue, which sorts at every look: `Array.prototype.sort` is stable, as the port demands. */
class ModelQueue {
  #polls: QueuedPoll[] = [];

  apply(queue: PollQueue, step: Step): void {
    if (step.type === 'schedule') {
      queue.schedule(step.id, step.dueAt);
      this.#polls = [...this.#without(step.id), { id: step.id, dueAt: step.dueAt }];
    } else if (step.type === 'remove') {
      expect(queue.remove(step.id)).toBe(this.#polls.some((poll) => poll.id === step.id));
      this.#polls = this.#without(step.id);
    } else {
      const first = this.first();
      const expected = first !== undefined && first.dueAt <= step.now ? first : undefined;
      expect(queue.popDue(step.now)).toEqual(plain(expected));
      if (expected !== undefined) this.#polls = this.#without(expected.id);
    }
    expect(queue.size).toBe(this.#polls.length);
    expect(queue.peek()).toEqual(plain(this.first()));
  }

  first(): QueuedPoll | undefined {
    return this.#polls.toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }

  #without(id: string): QueuedPoll[] {
    return this.#polls.filter((poll) => poll.id !== id);
  }
}

const plain = (poll: QueuedPoll | undefined): unknown =>
  poll === undefined ? undefined : (expect.objectContaining({ id: poll.id, dueAt: poll.dueAt }) as unknown);

/** What every {@link PollQueue} must do. `create` gives an empty one. */
export function describePollQueue(name: string, create: () => PollQueue): void {
  describe(`${name} is a PollQueue`, () => {
    let queue: PollQueue;
    beforeEach(() => {
      queue = create();
    });

    it('is empty at first', () => {
      expect(queue.size).toBe(0);
      expect(queue.peek()).toBeUndefined();
      expect(queue.popDue(Infinity)).toBeUndefined();
      expect(queue.remove('a')).toBe(false);
    });

    it('gives out what is due, the earliest first, and keeps the rest', () => {
      queue.schedule('late', 30);
      queue.schedule('early', 10);
      queue.schedule('middle', 20);
      expect([queue.popDue(20)?.id, queue.popDue(20)?.id, queue.popDue(20)?.id]).toEqual([
        'early',
        'middle',
        undefined,
      ]);
      expect(queue.peek()).toMatchObject({ id: 'late', dueAt: 30 });
    });

    it('holds an id once: scheduling it again moves it', () => {
      queue.schedule('a', 10);
      queue.schedule('b', 20);
      queue.schedule('a', 30);
      expect(queue.size).toBe(2);
      expect(queue.peek()).toMatchObject({ id: 'b' });
      queue.schedule('a', 5);
      expect(queue.peek()).toMatchObject({ id: 'a', dueAt: 5 });
    });

    it('serves equal times in the order of scheduling', () => {
      for (const id of ['c', 'a', 'b']) queue.schedule(id, 1);
      expect([1, 2, 3].map(() => queue.popDue(1)?.id)).toEqual(['c', 'a', 'b']);
    });

    it('behaves like a sorted list under any calls', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const [queue, model] = [create(), new ModelQueue()];
          for (const step of steps) model.apply(queue, step);
        }),
      );
    });
  });
}
