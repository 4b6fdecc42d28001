import { expect, it } from 'vitest';

import { ScopeUsage } from './scope-usage.js';
import { WINDOW_MS } from './sliding-window.js';

it('forgets the rates of names that were not used for a minute, one after the other', () => {
  const usage = new ScopeUsage();
  usage.began('a', 0, 0);
  usage.began('b', 10, 10);
  usage.began('a', 20, 20);
  usage.began('c', WINDOW_MS + 15, WINDOW_MS + 15);
  expect(usage.freeAt('a', 1, WINDOW_MS + 15)).toBe(WINDOW_MS + 20);
  expect(usage.freeAt('b', 1, WINDOW_MS + 15)).toBe(-Infinity);
});
