import { ManualClock } from 'penstock/kernel/testing';
import { Settings, SettingsEditor, type SettingsOptions, type SettingsSection } from 'penstock/settings';

import { CachedSections } from '../src/cached-sections.js';
import { FakeSettingsStore } from './fake-settings-store.js';

/** Settings with what they are made of. */
export interface TestSettings {
  readonly settings: Settings;
  readonly editor: SettingsEditor;
  readonly store: FakeSettingsStore;
  readonly clock: ManualClock;
}

/** What {@link settingsOf} may be given; the rest is made. */
export interface TestSettingsOptions extends SettingsOptions {
  readonly store?: FakeSettingsStore;
  readonly clock?: ManualClock;
}

/** Settings of these sections, not loaded yet: call `onModuleInit`. */
export function settingsOf(
  sections: readonly SettingsSection[],
  { store = new FakeSettingsStore(), clock = new ManualClock(), ...options }: TestSettingsOptions = {},
): TestSettings {
  const rows = new CachedSections(store, options, clock);
  const settings = new Settings({ collect: () => sections }, rows, options, clock);
  return { settings, editor: new SettingsEditor(settings, store, rows, clock), store, clock };
}

/** Settings of these sections, loaded, without a background refresh. */
export async function loadedSettings(
  sections: readonly SettingsSection[],
  options: TestSettingsOptions = {},
): Promise<TestSettings> {
  const made = settingsOf(sections, options);
  await made.settings.onModuleInit();
  made.settings.onModuleDestroy();
  return made;
}
