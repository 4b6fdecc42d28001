import { describe, expect, it } from 'vitest';

import { PollWish } from './poll-wish.js';

const gone = new DOMException('gone', 'AbortError');

describe('what a call asks for one id', () => {
  it('is wanted until it is aborted', () => {
    const wish = new PollWish('a');
    expect([wish.id, wish.wanted, wish.signal.aborted]).toEqual(['a', true, false]);
    wish.abort(gone);
    expect([wish.wanted, wish.signal.aborted, wish.signal.reason]).toEqual([false, true, gone]);
  });

  it('tells of the abort through a signal that was made before, and through one that is made after', () => {
    const wish = new PollWish('a');
    const { signal } = wish;
    const late = new PollWish('b');
    for (const each of [wish, late]) each.abort(gone);
    expect([signal.reason, late.signal.reason]).toEqual([gone, gone]);
    expect(wish.signal).toBe(signal);
    expect(late.signal).toBe(late.signal);
  });

  it('keeps to the first reason', () => {
    const wish = new PollWish('a');
    wish.abort(gone);
    wish.abort(new DOMException('again', 'AbortError'));
    expect(wish.signal.reason).toBe(gone);
  });
});
