import { beforeEach, describe, expect, it } from 'vitest';

import { loadedSettings, type TestSettings } from '../testing/index.js';
import { mailSettings } from '../testing/mail-settings.js';

const at = (expectedVersion: number, by = 'key_1') => ({ expectedVersion, by });

describe('SettingsEditor', () => {
  let test: TestSettings;
  beforeEach(async () => {
    test = await loadedSettings([mailSettings.withDefaults({ atOnce: 3 })]);
  });
  const mail = () => test.settings.get(mailSettings);

  describe('put', () => {
    it('sets what it names, and nothing else', async () => {
      await test.editor.put('mail', { from: 'me', atOnce: 5 }, at(0));
      const state = await test.editor.put('mail', { from: null, limits: { perDay: 9 } }, at(1, 'key_2'));
      expect(state).toMatchObject({
        overrides: { from: null, limits: { perDay: 9 } },
        values: { from: null, atOnce: 3, limits: { perHour: 100, perDay: 9 } },
        version: 2,
        updatedAt: test.clock.now(),
        updatedBy: 'key_2',
      });
      expect(mail()).toBe(state.values);
    });

    it('keeps a copy', async () => {
      const values = { names: { a: 'b' } };
      await test.editor.put('mail', values, at(0));
      values.names.a = 'changed';
      expect(await test.store.loadAll()).toMatchObject([{ overrides: { names: { a: 'b' } } }]);
    });

    it.each([undefined, null, 7, 'text', [1], () => 1])('refuses %s', async (values) => {
      await expect(test.editor.put('mail', values, at(0))).rejects.toMatchObject({
        code: 'settings_invalid',
        message: 'Settings "mail": The values must be a JSON object of fields.',
      });
    });

    it('refuses values that do not fit, naming each, and changes nothing', async () => {
      const values = { atOnce: 11, limits: { perDay: 'x' }, colour: 'red' };
      await expect(test.editor.put('mail', values, at(0))).rejects.toMatchObject({
        code: 'settings_invalid',
        category: 'invalid_input',
        field: 'atOnce',
        problems: [{ path: 'atOnce' }, { path: 'limits.perDay' }, { path: 'colour' }],
        message:
          'Settings "mail": "atOnce": got 11; expected number to be <=10. ' +
          '"limits.perDay": got "x"; expected number. "colour" is not known here.',
      });
      expect(await test.store.loadAll()).toEqual([]);
    });

    it('names ten problems, and counts the rest', async () => {
      const values = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`x${n}`, n]));
      await expect(test.editor.put('mail', values, at(0))).rejects.toThrow(
        '"x9" is not known here. And 2 more.',
      );
    });

    it('refuses what is too large, also when it grew by patches', async () => {
      await test.editor.patch('mail', { names: { a: 'a'.repeat(40_000) } }, at(0));
      await expect(test.editor.patch('mail', { names: { b: 'b'.repeat(40_000) } }, at(1))).rejects.toThrow(
        /The values have \d+ bytes; at most 65536 are taken\.$/,
      );
    });
  });

  describe('patch', () => {
    it('merges, and null gives a field back to its default', async () => {
      await test.editor.put('mail', { from: 'me', atOnce: 5, limits: { perDay: 9, perHour: 8 } }, at(0));
      const state = await test.editor.patch(
        'mail',
        { atOnce: null, limits: { perDay: null }, to: null },
        at(1),
      );
      expect(state.overrides).toEqual({ from: 'me', limits: { perHour: 8 } });
      expect(mail()).toMatchObject({ from: 'me', atOnce: 3, limits: { perDay: 1_000, perHour: 8 } });
    });

    it('drops what is stored and does not fit any more', async () => {
      test.store.put('mail', { gone: true, from: 'me' }, 4);
      const state = await test.editor.patch('mail', { atOnce: 4 }, at(4));
      expect(state).toMatchObject({ overrides: { from: 'me', atOnce: 4 }, ignored: [], version: 5 });
      expect(await test.editor.history('mail', { limit: 1 })).toMatchObject([
        { before: { gone: true, from: 'me' }, after: { from: 'me', atOnce: 4 } },
      ]);
    });
  });

  it('gives everything back to the defaults, and goes on counting versions', async () => {
    await test.editor.put('mail', { from: 'me' }, at(0));
    const state = await test.editor.reset('mail', at(1));
    expect(state).toMatchObject({ overrides: {}, version: 2 });
    expect(mail()).toEqual({ ...mailSettings.defaults, atOnce: 3 });
  });

  describe('versions', () => {
    it('let one of changes at once through', async () => {
      const results = await Promise.allSettled(
        [1, 2, 3, 4, 5].map((atOnce) => test.editor.put('mail', { atOnce }, at(0))),
      );
      expect(results.map(({ status }) => status).sort()).toEqual([
        'fulfilled',
        ...Array<string>(4).fill('rejected'),
      ]);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'settings_conflict', category: 'conflict', currentVersion: 1 },
      });
      expect(test.settings.state('mail').version).toBe(1);
    });

    it('that others wrote are found out, and known after the refusal', async () => {
      test.store.put('mail', { atOnce: 7 }, 6);
      await expect(test.editor.put('mail', {}, at(0))).rejects.toMatchObject({
        currentVersion: 6,
        message:
          'Settings "mail" are at version 6, not 0: somebody changed them. ' +
          'Read them again, and repeat the change on what they are now.',
      });
      expect(mail().atOnce).toBe(7);
      expect(await test.editor.put('mail', {}, at(6))).toMatchObject({ version: 7 });
    });

    it('that others wrote are taken for known when the caller knows them', async () => {
      test.store.put('mail', { from: 'them' }, 6);
      expect(await test.editor.patch('mail', { atOnce: 1 }, at(6))).toMatchObject({
        overrides: { from: 'them', atOnce: 1 },
      });
    });
  });

  it('changes nothing in memory that could not be stored', async () => {
    test.store.failure = new Error('disk full');
    await expect(test.editor.put('mail', { atOnce: 1 }, at(0))).rejects.toThrow('disk full');
    expect(test.settings.state('mail')).toMatchObject({ version: 0, values: { atOnce: 3 } });
  });

  it('knows no history of a section that there is not', async () => {
    await expect(test.editor.history('nails', { limit: 1 })).rejects.toMatchObject({
      code: 'settings_section_not_found',
    });
  });
});
