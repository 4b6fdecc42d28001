import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mailSettings } from '../testing/mail-settings.js';
import { readStored } from './section-state.js';

const read = (overrides: unknown) =>
  readStored(mailSettings, { section: 'mail', overrides, version: 4, updatedAt: 7, updatedBy: 'key_1' });

describe('readStored', () => {
  it('reads what fits as it is', () => {
    expect(read({ atOnce: 3, to: null })).toEqual({
      section: mailSettings,
      values: { ...mailSettings.defaults, atOnce: 3 },
      overrides: { atOnce: 3, to: null },
      version: 4,
      updatedAt: 7,
      updatedBy: 'key_1',
      ignored: [],
    });
  });

  it.each<readonly [object, object, readonly string[]]>([
    [{ atOnce: 'two', from: 'me' }, { from: 'me' }, ['atOnce']],
    [{ gone: 1, from: 'me' }, { from: 'me' }, ['gone']],
    [
      { limits: { perDay: 0, perHour: 5, perYear: 1 } },
      { limits: { perHour: 5 } },
      ['limits.perDay', 'limits.perYear'],
    ],
    [{ names: { a: 1, b: 'b' } }, { names: { b: 'b' } }, ['names.a']],
    [{ pauses: [1, 'x', 3], from: 'me' }, { from: 'me' }, ['pauses.1']],
    [{ mode: { level: 'x' }, from: 'me' }, { mode: {}, from: 'me' }, ['mode.level']],
    [{ least: 5, from: 'me' }, { from: 'me' }, ['least']],
  ])('drops of %j only what does not fit', (stored, kept, ignored) => {
    const state = read(stored);
    expect(state.ignored.map(({ path }) => path)).toEqual(expect.arrayContaining([...ignored]));
    if (!('mode' in kept)) expect(state.overrides).toEqual(kept);
    expect(state.values).toMatchObject({ atOnce: 2 });
  });

  it('drops a combination that no stored field is to blame for', () => {
    const lower = mailSettings.withDefaults({ least: 2 });
    const stored = { section: 'mail', overrides: { atOnce: 1 }, version: 1, updatedAt: 0, updatedBy: 'x' };
    const state = readStored(lower, stored);
    expect([state.overrides, state.ignored.map(({ path }) => path)]).toEqual([{}, ['least']]);
  });

  it.each([undefined, null, 7, 'text', [1]])('takes %j for nothing set', (stored) => {
    expect(read(stored)).toMatchObject({
      values: mailSettings.defaults,
      ignored: [{ path: '', message: 'What is stored is no JSON object.' }],
    });
  });

  it('comes to values that fit, whatever is stored', () => {
    const names = ['to', 'from', 'atOnce', 'least', 'pauses', 'limits', 'names', 'mode', 'x'];
    const stored = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(stored, (overrides) => {
        const state = read(overrides);
        expect(mailSettings.check(state.overrides)).toEqual({ fits: true, values: state.values });
      }),
      { numRuns: 500 },
    );
  });
});

it('drops what breaks a rule, and comes to an end when the defaults break it too', () => {
  const strict = mailSettings.withRule(({ atOnce }) =>
    atOnce < 5 ? [{ path: ['atOnce'], expected: 'expected at least 5' }] : [],
  );
  const stored = { section: 'mail', version: 4, updatedAt: 7, updatedBy: 'key_1' };
  const read = readStored(strict, { ...stored, overrides: { atOnce: 3, from: 'me' } });
  expect(read).toMatchObject({ overrides: {}, values: { atOnce: 2 } });
  expect(read.ignored[0]).toEqual({ path: 'atOnce', message: '"atOnce": got 3; expected at least 5.' });
  const good = readStored(strict, { ...stored, overrides: { atOnce: 6, from: 'me' } });
  expect(good).toMatchObject({ overrides: { atOnce: 6, from: 'me' }, ignored: [] });
});
