import { Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DatabaseModule } from 'penstock/database';
import { TemporaryFolder } from 'penstock/database/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { FakeSettingsStore } from '../testing/index.js';
import { mailSettings } from '../testing/mail-settings.js';
import { defineSettings } from './define-settings.js';
import { settingsMigrations } from './migrations/index.js';
import { SettingsEditor } from './settings-editor.js';
import { Settings } from './settings.js';
import { SettingsModule } from './settings.module.js';

@Injectable()
class Mailer {
  /** What held when the module began, and since. */
  readonly seen: number[] = [];

  constructor(readonly settings: Settings) {
    settings.follow(mailSettings, ({ atOnce }) => this.seen.push(atOnce));
  }
}

@Module({ imports: [SettingsModule.forFeature([mailSettings])], providers: [Mailer] })
class MailModule {}

@Module({
  imports: [
    SettingsModule.forFeature([defineSettings({ name: 'mail', description: 'x', schema: z.object({}) })]),
  ],
})
class RivalModule {}

describe('SettingsModule', () => {
  const folder = new TemporaryFolder();
  const clock = new ManualClock();
  let path: string;
  let app: TestingModule | undefined;

  beforeEach(async () => {
    path = await folder.file();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await folder.remove();
  });

  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
  class ClockModule {}

  const compile = (...imports: NonNullable<ModuleMetadata['imports']>): Promise<TestingModule> =>
    Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({ path, migrations: [...settingsMigrations] }),
        SettingsModule.forRoot({ isGlobal: true, refreshMs: 500, imports: [ClockModule] }),
        ...imports,
      ],
    }).compile();
  const start = async (...imports: NonNullable<ModuleMetadata['imports']>): Promise<TestingModule> => {
    app = await compile(...imports);
    return app.init();
  };

  it('keeps what was set over a restart, and leaves no timer', async () => {
    const first = await start(MailModule);
    const mailer = first.get(Mailer, { strict: false });
    await first.get(SettingsEditor).put('mail', { atOnce: 5 }, { expectedVersion: 0, by: 'key_1' });
    expect(mailer.seen).toEqual([2, 5]);
    await first.close();
    expect(clock.pendingTimers).toBe(0);
    const second = await start(MailModule);
    expect(second.get(Mailer, { strict: false }).seen).toEqual([5]);
    expect(second.get(Settings).state('mail')).toMatchObject({ version: 1, updatedBy: 'key_1' });
  });

  it('takes a section that two modules register for one', async () => {
    @Module({ imports: [SettingsModule.forFeature([mailSettings])] })
    class AlsoModule {}

    const both = await start(MailModule, AlsoModule);
    expect(both.get(Settings).states()).toHaveLength(1);
  });

  it('takes a section that a factory provides', async () => {
    @Module({
      imports: [ClockModule],
      providers: [
        {
          provide: 'any token',
          inject: [Clock],
          useFactory: (from: Clock) => mailSettings.withDefaults({ from: from.constructor.name }),
        },
      ],
    })
    class FactoryModule {}

    expect((await start(FactoryModule)).get(Settings).get(mailSettings).from).toBe('ManualClock');
  });

  it('refuses two sections of one name, and says who registers them', async () => {
    app = await compile(MailModule, RivalModule);
    await expect(app.init()).rejects.toThrow(
      'Settings section "mail" is registered by MailModule and by RivalModule. Rename one, or drop one from the imports.',
    );
  });

  it('takes another store, and options from a factory', async () => {
    app = await Test.createTestingModule({
      imports: [
        SettingsModule.forRootAsync({ store: FakeSettingsStore, useFactory: () => ({ refreshMs: 0 }) }),
      ],
    })
      .compile()
      .catch((error: unknown) => {
        expect(String(error)).toContain('refreshMs must be an integer >= 1, got 0');
        return undefined;
      });
    expect(app).toBeUndefined();
    app = await Test.createTestingModule({
      imports: [SettingsModule.forRoot({ store: FakeSettingsStore, isGlobal: true }), MailModule],
    }).compile();
    await app.init();
    expect(app.get(Mailer, { strict: false }).seen).toEqual([2]);
  });
});
