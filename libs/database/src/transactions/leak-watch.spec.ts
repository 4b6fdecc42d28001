import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { LeakObserver, type Leak } from '../ports/leak-observer.js';
import { LeakWatch, type WatchedUse } from './leak-watch.js';

class Leaks extends LeakObserver {
  readonly seen: Leak[] = [];

  leaked(leak: Leak): void {
    this.seen.push(leak);
  }
}

describe('LeakWatch', () => {
  let clock: ManualClock;
  let leaks: Leaks;
  let watch: LeakWatch;

  beforeEach(() => {
    clock = new ManualClock();
    leaks = new Leaks();
    watch = new LeakWatch({ clock, observer: leaks, limitMs: 100 });
  });

  const use = (label: string): WatchedUse => ({ resource: 'database.writer', label, openedAt: undefined });
  const seen = (): unknown[] => leaks.seen.map(({ label, heldMs }) => [label, heldMs]);

  it('reports each use that outlasts the limit, once, when it does', async () => {
    watch.watch(use('a'));
    await clock.advance(60);
    watch.watch(use('b'));
    await clock.advance(39);
    expect(seen()).toEqual([]);
    await clock.advance(1);
    expect(seen()).toEqual([['a', 100]]);
    await clock.advance(1000);
    expect(seen()).toEqual([
      ['a', 100],
      ['b', 100],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('says nothing of uses that end, and sets no timer for each', async () => {
    const ends = Array.from({ length: 1000 }, (_, index) => watch.watch(use(`${index}`)));
    expect(clock.pendingTimers).toBe(1);
    for (const end of ends) end();
    watch.watch(use('later'));
    await clock.advance(100);
    expect(seen()).toEqual([['later', 100]]);
  });

  it('names what the use is at by then', async () => {
    const changing = { resource: 'database.writer', label: 'before', openedAt: undefined };
    watch.watch(changing);
    changing.label = 'after';
    await clock.advance(100);
    expect(leaks.seen).toEqual([
      { resource: 'database.writer', label: 'after', heldMs: 100, openedAt: undefined },
    ]);
  });

  it('forgets all when it is stopped, and watches nothing when it is off', async () => {
    watch.watch(use('a'));
    watch.stop();
    new LeakWatch({ clock, observer: leaks, limitMs: 0 }).watch(use('b'))();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(1000);
    expect(seen()).toEqual([]);
  });
});
