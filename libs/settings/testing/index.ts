export { FakeSettingsStore } from './fake-settings-store.js';
export {
  loadedSettings,
  settingsOf,
  type TestSettings,
  type TestSettingsOptions,
} from './loaded-settings.js';
export { describeSettingsStore } from './settings-store.conformance.js';
