import { CreateSettings1764000005000 } from './1764000005000-create-settings.js';

/** Make the tables of {@link DatabaseSettingsStore}, in the order of their making. */
export const settingsMigrations = [CreateSettings1764000005000] as const;
