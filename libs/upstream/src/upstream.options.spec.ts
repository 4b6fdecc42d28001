import { expect, it } from 'vitest';

import { resolveUpstreamOptions } from './upstream.options.js';

it('fills in the defaults and freezes the result', () => {
  const options = resolveUpstreamOptions({ maxSessions: 2 });

  expect(options).toEqual({
    maxSessions: 2,
    idleMs: 300_000,
    connectionsPerSession: 64,
    headersTimeoutMs: 30_000,
    bodyTimeoutMs: 60_000,
    connectTimeoutMs: 5_000,
    closeGraceMs: 5_000,
  });
  expect(Object.isFrozen(options)).toBe(true);
});

it.each([
  ['maxSessions', 0],
  ['idleMs', -1],
  ['connectionsPerSession', 1.5],
  ['headersTimeoutMs', Number.NaN],
  ['bodyTimeoutMs', Number.POSITIVE_INFINITY],
  ['connectTimeoutMs', 2 ** 31],
])('refuses %s = %d and names it', (name, value) => {
  expect(() => resolveUpstreamOptions({ [name]: value })).toThrow(
    new RangeError(`${name} must be an integer from 1 to 2147483647, got ${value}`),
  );
});
