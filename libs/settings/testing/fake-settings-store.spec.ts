import { describeSettingsStore, FakeSettingsStore } from './index.js';

describeSettingsStore('FakeSettingsStore', () => new FakeSettingsStore());
