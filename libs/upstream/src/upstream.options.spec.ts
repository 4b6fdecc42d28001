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
  ['maxSessions', 0, 65_536],
  ['maxSessions', 65_537, 65_536],
  ['idleMs', -1, 2_147_483_647],
  ['connectionsPerSession', 1.5, 2_147_483_647],
  ['headersTimeoutMs', Number.NaN, 2_147_483_647],
  ['bodyTimeoutMs', Number.POSITIVE_INFINITY, 2_147_483_647],
  ['connectTimeoutMs', 2 ** 31, 2_147_483_647],
])('refuses %s = %d and names it', (name, value, most) => {
  expect(() => resolveUpstreamOptions({ [name]: value })).toThrow(
    new RangeError(`${name} must be an integer from 1 to ${most}, got ${value}`),
  );
});
