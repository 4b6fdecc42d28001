import { beforeEach, describe, expect, it } from 'vitest';

import { ChangeJournal } from './change-journal.js';

describe('ChangeJournal', () => {
  let journal: ChangeJournal;
  beforeEach(() => {
    journal = new ChangeJournal();
    journal.beginLoad();
  });

  it('tells what happened since the last load began, the latest of each entry', () => {
    journal.record('a', { change: 'put', version: 1 });
    journal.record('a', { change: 'removed', version: 1 });
    expect(journal.sinceLoadBegan('a')).toMatchObject({ change: 'removed', version: 1 });
    expect(journal.sinceLoadBegan('b')).toBeUndefined();
    journal.beginLoad();
    expect(journal.sinceLoadBegan('a')).toBeUndefined();
  });

  it('remembers removals, not puts, as removed', () => {
    journal.record('a', { change: 'removed', version: 7 });
    journal.record('b', { change: 'put', version: 7 });
    expect([journal.removedVersion('a'), journal.removedVersion('b')]).toEqual([7, undefined]);
  });

  it('forgets what a later load has shown, so that it does not grow', () => {
    for (let load = 0; load < 5; load++) {
      for (const id of ['x', 'y']) journal.record(`${id}${load}`, { change: 'removed', version: 1 });
      journal.endLoad();
      expect(journal.size).toBe(2);
      journal.beginLoad();
    }
    journal.endLoad();
    expect(journal.size).toBe(0);
  });

  it('forgets nothing when a load failed', () => {
    journal.record('a', { change: 'removed', version: 1 });
    journal.beginLoad();
    journal.beginLoad();
    expect(journal.removedVersion('a')).toBe(1);
  });
});
