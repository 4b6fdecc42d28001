import { SystemClock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR } from './core/behaviour.js';
import { resolveSimulatorOptions } from './simulator.options.js';

describe('resolveSimulatorOptions', () => {
  it('has a default for everything', () => {
    const settings = resolveSimulatorOptions({});
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      seed: 1,
      credentials: [],
      faults: [],
      idempotency: false,
      callsKept: 200_000,
      behaviour: DEFAULT_BEHAVIOUR,
    });
    expect(settings.clock).toBeInstanceOf(SystemClock);
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('takes a clock and part of the behaviour', () => {
    const clock = new ManualClock();
    const settings = resolveSimulatorOptions({ clock, behaviour: { timeScale: 0.1 } });
    expect(settings.clock).toBe(clock);
    expect(settings.behaviour).toEqual({ ...DEFAULT_BEHAVIOUR, timeScale: 0.1 });
  });

  it.each([
    [{ port: -1 }, 'port'],
    [{ seed: 0.5 }, 'seed'],
    [{ models: [] }, 'models'],
    [{ callsKept: 0 }, 'callsKept'],
    [{ credentials: [{ secret: '' }] }, 'credentials.0.secret'],
    [{ behaviour: { failureRate: -1 } }, 'behaviour.failureRate'],
    [{ colour: 'red' }, 'colour'],
  ])('names the field that is wrong in %j', (options, field) => {
    expect(() => resolveSimulatorOptions(options as object)).toThrow(
      expect.objectContaining({ code: 'invalid_input', field }),
    );
  });
});
