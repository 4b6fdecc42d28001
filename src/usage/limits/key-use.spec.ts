import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KeyUse, MINUTE_MS } from './key-use.js';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'];
const dayOf = (index: number): string => DAYS[index] ?? '';

/** What may happen to a key. `of` picks one of the generations so far. */
const step = fc.oneof(
  fc.record({ type: fc.constant('take' as const), day: fc.nat({ max: 2 }) }),
  fc.record({
    type: fc.constantFrom('again' as const, 'abandon' as const, 'end' as const, 'end' as const),
    of: fc.nat({ max: 20 }),
    isFree: fc.boolean(),
  }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat({ max: MINUTE_MS }) }),
);

interface Known {
  readonly id: string;
  readonly day: string;
  readonly at: number;
  state: 'unended' | 'counts' | 'free' | 'abandoned';
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A key, and a list of all that happened to it. */
class Model {
  readonly use = new KeyUse(dayOf(0), 0);
  readonly all: Known[] = [];
  at = 0;
  today = dayOf(0);

  apply(one: Step): void {
    if (one.type === 'wait') this.at += one.ms;
    else if (one.type === 'take') this.#take(dayOf(one.day));
    else this.#change(one.type, this.all[one.of], one.isFree);
  }

  #take(day: string): void {
    if (day > this.today) this.today = day;
    const id = String(this.all.length);
    this.all.push({ id, day: this.today, at: this.at, state: 'unended' });
    this.use.take({ id, day }, this.at);
  }

  /** What is told of one that has ended already changes nothing. */
  #change(type: 'again' | 'abandon' | 'end', known: Known | undefined, isFree: boolean): void {
    if (known === undefined || (type === 'again' && known.state !== 'unended')) return;
    if (type === 'again') this.use.take({ id: known.id, day: this.today }, this.at);
    else if (type === 'abandon') this.use.abandon(known.id);
    else this.use.end(known.id, isFree);
    if (known.state !== 'unended' || type === 'again') return;
    const end = isFree ? 'free' : 'counts';
    known.state = type === 'abandon' ? 'abandoned' : end;
  }

  check(): void {
    const { use, at, today } = this;
    const made = this.all.filter(({ state }) => state !== 'abandoned');
    expect(use.unended).toBe(made.filter(({ state }) => state === 'unended').length);
    expect(use.usedOn(today)).toBe(made.filter(({ day, state }) => day === today && state !== 'free').length);
    const recent = made.filter((each) => at - each.at < MINUTE_MS);
    expect(use.recentAt(at)).toBe(recent.length);
    const limit = 3;
    const oldest = recent.at(-limit);
    expect(use.untilBelow(limit, at)).toBe(oldest === undefined ? 0 : oldest.at + MINUTE_MS - at);
  }
}

describe('KeyUse', () => {
  it('counts as a list of all generations does, whatever happens in whichever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const one of steps) {
          model.apply(one);
          model.check();
        }
      }),
    );
  });

  it('takes up what a start finds, of which only that of the day counts on it', () => {
    const use = new KeyUse(dayOf(1), 4);
    use.restore({ id: 'today', day: dayOf(1) });
    use.restore({ id: 'today', day: dayOf(1) });
    use.restore({ id: 'yesterday', day: dayOf(0) });
    use.restoreRecent('ended', 100 - MINUTE_MS);
    use.restoreRecent('today', 50);
    expect([use.unended, use.usedOn(dayOf(1)), use.recentAt(99)]).toEqual([2, 5, 2]);
    expect(use.recentAt(100)).toBe(1);
    use.end('yesterday', true);
    expect(use.usedOn(dayOf(1))).toBe(5);
    use.end('today', true);
    expect([use.unended, use.usedOn(dayOf(1))]).toEqual([0, 4]);
  });

  it('gives nothing back when the clock is set back over midnight', () => {
    const use = new KeyUse(dayOf(1), 2);
    use.take({ id: 'a', day: dayOf(0) }, 0);
    expect(use.usedOn(dayOf(0))).toBe(3);
    expect(use.usedOn(dayOf(2))).toBe(0);
    expect(use.usedOn(dayOf(1))).toBe(0);
  });
});
