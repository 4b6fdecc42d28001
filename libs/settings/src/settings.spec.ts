import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { z } from 'zod';

import { settingsOf, type TestSettings } from '../testing/index.js';
import { mailSettings } from '../testing/mail-settings.js';
import { defineSettings } from './define-settings.js';

const REFRESH_MS = 30_000;
const otherSettings = defineSettings({
  name: 'other',
  description: 'Something else.',
  schema: z.object({ on: z.boolean().default(false) }),
});

describe('Settings', () => {
  let test: TestSettings;
  let warn: MockInstance<Logger['warn']>;
  const start = () => test.settings.onModuleInit();
  const mail = () => test.settings.get(mailSettings);

  beforeEach(() => {
    warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    test = settingsOf([mailSettings, otherSettings]);
  });
  afterEach(() => {
    test.settings.onModuleDestroy();
    expect(test.clock.pendingTimers).toBe(0);
    vi.restoreAllMocks();
  });

  describe('start', () => {
    it('has the defaults of what nobody set', async () => {
      test.store.put('mail', { atOnce: 7 });
      await start();
      expect(mail()).toEqual({ ...mailSettings.defaults, atOnce: 7 });
      expect(test.settings.get(otherSettings)).toBe(otherSettings.defaults);
      expect(Object.isFrozen(mail().limits)).toBe(true);
      expect(warn).not.toHaveBeenCalled();
    });

    it('is not kept from starting by what does not fit, and names it', async () => {
      test.store.put('mail', { atOnce: 'many', from: 'me', gone: 1 });
      test.store.put('removed-plugin', { any: 'thing' });
      await start();
      expect(mail()).toEqual({ ...mailSettings.defaults, from: 'me' });
      expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
        'Settings "mail": "atOnce": got "many"; expected number. It is ignored, and the default holds.',
        'Settings "mail": "gone" is not known here. It is ignored, and the default holds.',
      ]);
      expect(test.settings.health().ignoring).toEqual(['mail']);
    });

    it('fails with a clear error when the store does', async () => {
      test.store.failure = new Error('database is locked');
      await expect(start()).rejects.toMatchObject({
        code: 'settings_load_failed',
        category: 'unavailable',
        message: 'The settings could not be loaded: database is locked',
        cause: test.store.failure,
      });
    });

    it('is not taken for defaults before it has loaded', async () => {
      expect(mail).toThrow(expect.objectContaining({ code: 'settings_not_loaded' }));
      expect(() => test.settings.states()).toThrow(expect.objectContaining({ code: 'settings_not_loaded' }));
      expect(test.settings.health()).toEqual({ ageMs: null, stale: true, lastError: null, ignoring: [] });
      await start();
    });

    it('refuses a section that nobody registered, or another one of the same name', async () => {
      const twin = defineSettings({ name: 'mail', description: 'A twin.', schema: z.object({}) });
      await start();
      expect(() => test.settings.get(twin)).toThrow(
        expect.objectContaining({ code: 'settings_not_registered' }),
      );
      expect(() => test.settings.state('nails')).toThrow(
        'There is no settings section "nails". Sections here: mail, other.',
      );
    });

    it('fails when somebody listens to a section that nobody registered', async () => {
      const lost = defineSettings({ name: 'lost', description: 'Lost.', schema: z.object({}) });
      test.settings.onChange(lost, () => undefined);
      await expect(start()).rejects.toThrow('Add SettingsModule.forFeature([section])');
    });
  });

  describe('background refresh', () => {
    it('sees once in each period what others wrote, and keeps the values that did not change', async () => {
      await start();
      const before = test.settings.get(otherSettings);
      test.store.put('mail', { atOnce: 3 });
      await test.clock.advance(REFRESH_MS - 1);
      expect(mail().atOnce).toBe(2);
      await test.clock.advance(1);
      expect(mail().atOnce).toBe(3);
      expect(test.settings.get(otherSettings)).toBe(before);
      await test.clock.advance(3 * REFRESH_MS);
      expect(test.store.loads).toBe(5);
    });

    it('keeps what holds when it fails, says so, and recovers', async () => {
      test.store.put('mail', { atOnce: 3 });
      await start();
      test.store.failure = new Error('disk on fire');
      await test.clock.advance(REFRESH_MS);
      expect(mail().atOnce).toBe(3);
      expect(test.settings.health()).toMatchObject({
        ageMs: REFRESH_MS,
        stale: true,
        lastError: 'The settings could not be loaded: disk on fire',
      });
      expect(warn).toHaveBeenCalledOnce();
      test.store.failure = null;
      await test.clock.advance(REFRESH_MS);
      expect(test.settings.health()).toMatchObject({ ageMs: 0, stale: false, lastError: null });
    });

    it('ends at shutdown, also when a load is under way', async () => {
      await start();
      test.store.holding = true;
      await test.clock.advance(REFRESH_MS);
      test.settings.onModuleDestroy();
      test.store.failure = new Error('closed');
      test.store.answerOldest();
      await test.clock.advance(10 * REFRESH_MS);
      expect(test.store.loads).toBe(2);
      expect(warn).not.toHaveBeenCalled();
    });

    it('does not go back behind a write of this process', async () => {
      await start();
      test.store.holding = true;
      await test.clock.advance(REFRESH_MS);
      await test.editor.put('mail', { atOnce: 4 }, { expectedVersion: 0, by: 'key_1' });
      test.store.answerOldest();
      await test.clock.advance(0);
      expect(mail().atOnce).toBe(4);
    });
  });

  describe('listeners', () => {
    let heard: number[];
    const write = (atOnce: number, expectedVersion: number) =>
      test.editor.put('mail', { atOnce }, { expectedVersion, by: 'key_1' });
    beforeEach(() => {
      heard = [];
    });

    it('hear of changes, not of the start, until they have enough', async () => {
      test.store.put('mail', { atOnce: 3 });
      const stop = test.settings.onChange(mailSettings, ({ atOnce }) => heard.push(atOnce));
      await start();
      await write(4, 1);
      test.store.put('mail', { atOnce: 5 }, 3);
      await test.clock.advance(REFRESH_MS);
      stop();
      await write(6, 3);
      expect(heard).toEqual([4, 5]);
    });

    it('that follow hear of the start too, or at once when it has been', async () => {
      test.store.put('mail', { atOnce: 3 });
      test.settings.follow(mailSettings, ({ atOnce }) => heard.push(atOnce));
      const stop = test.settings.follow(mailSettings, ({ atOnce }) => heard.push(-atOnce));
      stop();
      await start();
      test.settings.follow(mailSettings, ({ atOnce }) => heard.push(10 * atOnce));
      await write(4, 1);
      expect(heard).toEqual([3, 30, 4, 40]);
    });

    it('hear nothing when a write changes no value, or another section', async () => {
      await start();
      test.settings.onChange(mailSettings, ({ atOnce }) => heard.push(atOnce));
      await write(2, 0);
      await test.editor.put('other', { on: true }, { expectedVersion: 0, by: 'key_1' });
      expect(heard).toEqual([]);
    });

    it('that fail keep neither the writer nor the others from going on', async () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
      await start();
      test.settings.onChange(mailSettings, () => {
        throw new Error('broken listener');
      });
      test.settings.onChange(mailSettings, ({ atOnce }) => heard.push(atOnce));
      await write(4, 0);
      expect(heard).toEqual([4]);
      expect(error).toHaveBeenCalledOnce();
    });
  });
});
