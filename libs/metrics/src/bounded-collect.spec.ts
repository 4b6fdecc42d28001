import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { boundedCollect, type Collect } from './bounded-collect.js';

describe('boundedCollect', () => {
  let clock: ManualClock;
  let reads: { readonly end: () => void; readonly fail: (error: Error) => void }[];
  let bounded: Collect<string>;

  beforeEach(() => {
    clock = new ManualClock();
    reads = [];
    bounded = boundedCollect<string>(() => new Promise((end, fail) => void reads.push({ end, fail })), clock);
  });

  /** Whether a scrape is over. */
  const scrape = (): { over: boolean } => {
    const state = { over: false };
    void Promise.resolve(bounded('metric')).then(() => (state.over = true));
    return state;
  };

  it('hands on what is at hand', () => {
    const seen: string[] = [];
    expect(boundedCollect<string>((metric) => void seen.push(metric), clock)('metric')).toBeUndefined();
    expect(seen).toEqual(['metric']);
  });

  it('waits for what comes in time, and leaves no timer', async () => {
    const scraped = scrape();
    await clock.advance(499);
    expect(scraped.over).toBe(false);
    reads[0]?.end();
    await clock.advance(0);
    expect(scraped.over).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits no longer than 500 ms, and does not begin again before the first has ended', async () => {
    const first = scrape();
    await clock.advance(500);
    expect(first.over).toBe(true);
    const second = scrape();
    await clock.advance(500);
    expect(second.over).toBe(true);
    expect(reads).toHaveLength(1);
    reads[0]?.end();
    await clock.advance(0);
    scrape();
    expect(reads).toHaveLength(2);
  });

  it('fails as the reading does, also after the bound without anybody to tell', async () => {
    const failed = Promise.resolve(bounded('metric'));
    reads[0]?.fail(new Error('no table'));
    await expect(failed).rejects.toThrow('no table');
    const late = scrape();
    await clock.advance(500);
    reads[1]?.fail(new Error('too late'));
    await clock.advance(0);
    expect(late.over).toBe(true);
  });
});
