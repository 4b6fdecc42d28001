import { describe, expect, it } from 'vitest';

import { stateOf, type StateColumns } from './token-state.js';

const NOW = 1_700_000_000_000;
const ready: StateColumns = {
  enabled: true,
  disabledReason: null,
  expiresAt: null,
  coolingUntil: null,
  coolingReason: null,
  quotaRemaining: null,
  quotaResetsAt: null,
};
const off = { enabled: false, disabledReason: 'billing' };
const expired = { expiresAt: NOW };
const used = { quotaRemaining: 0, quotaResetsAt: NOW + 1 };
const cooling = { coolingUntil: NOW + 1, coolingReason: 'slow down' };

describe('stateOf', () => {
  it.each<[Partial<StateColumns>, string, string | null]>([
    [{}, 'ready', null],
    [{ expiresAt: NOW + 1 }, 'ready', null],
    [{ coolingUntil: NOW, coolingReason: 'over' }, 'ready', null],
    [cooling, 'cooling', 'slow down'],
    [expired, 'expired', 'It expired at 2023-11-14T22:13:20.000Z.'],
    [off, 'disabled', 'billing'],
    [used, 'exhausted', 'Its quota is used up until 2023-11-14T22:13:20.001Z.'],
    [{ ...used, quotaRemaining: 1 }, 'ready', null],
    [{ ...used, quotaRemaining: null }, 'ready', null],
    [{ ...used, quotaResetsAt: NOW }, 'ready', null],
    [{ ...used, quotaResetsAt: null }, 'ready', null],
    [{ ...used, ...cooling }, 'cooling', 'slow down'],
    [{ ...expired, ...cooling }, 'expired', 'It expired at 2023-11-14T22:13:20.000Z.'],
    [{ ...off, ...expired, ...cooling }, 'disabled', 'billing'],
  ])('of %j is %s', (columns, state, reason) => {
    expect(stateOf({ ...ready, ...columns }, NOW)).toEqual({ state, reason });
  });
});
