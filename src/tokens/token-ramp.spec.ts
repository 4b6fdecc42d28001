import { DatabasePool } from 'penstock/database';
import { describe, expect, it, vi } from 'vitest';

import { TokenProbe } from './token-probe.js';
import {
  CLEARED_HEALTH,
  HALF_OPEN_HEALTH,
  healthAfter,
  type HealthColumns,
  type TokenOutcome,
} from './token-health.policy.js';
import { TokensApp } from './testing/tokens-app.js';

const ERROR: TokenOutcome = { kind: 'transient', retryAfterMs: null };
const SUCCESS: TokenOutcome = { kind: 'success' };
const after = (token: HealthColumns, ...outcomes: readonly TokenOutcome[]): HealthColumns =>
  outcomes.reduce((now, outcome) => ({ ...now, ...healthAfter(now, outcome, 0) }), token);

describe('the ramp of a token that errors had turned off', () => {
  it('doubles with each success, until it is trusted as before', () => {
    const steps: (number | null)[] = [];
    let token = HALF_OPEN_HEALTH;
    while (token.rampLimit !== null) {
      steps.push(token.rampLimit);
      token = after(token, SUCCESS);
    }
    expect(steps).toEqual([1, 2, 4, 8, 16, 32]);
    expect(token).toEqual(CLEARED_HEALTH);
    expect(healthAfter(token, SUCCESS, 0)).toBeNull();
  });

  it('is off again with the first error, and after a success with the third', () => {
    expect(after(HALF_OPEN_HEALTH, ERROR)).toMatchObject({ enabled: false, disabledBy: 'machine' });
    const tried = after(HALF_OPEN_HEALTH, SUCCESS, SUCCESS);
    expect(tried).toMatchObject({ enabled: true, rampLimit: 4 });
    expect(after(tried, ERROR)).toMatchObject({ enabled: true, rampLimit: 1, consecutiveErrors: 1 });
    expect(after(tried, ERROR, ERROR, ERROR).enabled).toBe(false);
  });

  it('is no matter of tokens that were never off', () => {
    expect(after(CLEARED_HEALTH, ERROR, SUCCESS, ERROR).rampLimit).toBeNull();
  });

  it('begins no sooner for what a person turned off', () => {
    const off = { ...HALF_OPEN_HEALTH, enabled: false, disabledBy: 'operator' } as const;
    expect(healthAfter(off, SUCCESS, 0)).toBeNull();
  });

  describe('in an application', () => {
    const on = new TokensApp();
    const probe = async (): Promise<void> => {
      await on.test.clock.advance(10_000);
      await on.test.app.get(TokenProbe).run();
    };
    /** A token that errors turned off, and a probe on again. */
    const recovered = async (): Promise<string> => {
      const { id } = await on.make({ limits: { video: 5 } });
      for (let n = 0; n < 3; n++) await on.health().report(id, ERROR);
      await on.test.app.get(TokenProbe).run();
      await probe();
      return id;
    };

    it('is gone through also by one of which a late success was told while it was off', async () => {
      const { id } = await on.make();
      for (let n = 0; n < 3; n++) await on.health().report(id, ERROR);
      await on.health().report(id, SUCCESS);
      await on.test.app.get(TokenProbe).run();
      await probe();
      expect(on.pooled(id)).toMatchObject({ enabled: true, rampLimit: 1 });
      await on.health().report(id, SUCCESS);
      expect(on.pooled(id)?.rampLimit).toBe(2);
    });

    it('lets the pool have one generation at a time, then more', async () => {
      const id = await recovered();
      const seen: (number | null | undefined)[] = [];
      for (let n = 0; n < 7; n++) {
        seen.push(on.pooled(id)?.rampLimit);
        await on.health().report(id, SUCCESS);
      }
      expect(seen).toEqual([1, 2, 4, 8, 16, 32, null]);
      expect(await on.read(id)).toMatchObject({ rampLimit: null, limits: { video: 5 }, state: 'ready' });
      const writes = vi.spyOn(on.test.app.get(DatabasePool), 'transaction');
      await on.health().report(id, SUCCESS);
      expect(writes).not.toHaveBeenCalled();
    });

    it('ends when a person turns it on, and stays off what a person turned off', async () => {
      const id = await recovered();
      expect((await on.read(id)).rampLimit).toBe(1);
      await on.act(id, 'disable');
      await probe();
      await on.health().report(id, SUCCESS);
      expect(await on.read(id)).toMatchObject({ state: 'disabled', disabledBy: 'operator' });
      await on.act(id, 'enable');
      expect(await on.read(id)).toMatchObject({ state: 'ready', rampLimit: null });
    });
  });
});
