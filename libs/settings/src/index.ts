export { defineSettings, type SettingsDefinition, type SettingsValues } from './define-settings.js';
export { SettingsChangeRow } from './entities/settings-change-row.entity.js';
export { SettingsRow } from './entities/settings-row.entity.js';
export type { FieldIssue, FieldProblem } from './field-problem.js';
export type { Frozen } from './frozen.js';
export { settingsMigrations } from './migrations/index.js';
export {
  SettingsStore,
  type SettingsChange,
  type SettingsHistoryQuery,
  type SettingsWrite,
  type SettingsWriteOutcome,
  type StoredSection,
} from './ports/settings-store.js';
export type { SectionState } from './section-state.js';
export { SettingsEditor, type SettingsEdit } from './settings-editor.js';
export {
  SettingsSection,
  type PartialSettings,
  type SettingsCheck,
  type SettingsRule,
} from './settings-section.js';
export { Settings, type SettingsHealth, type SettingsListener } from './settings.js';
export { SettingsError, type SettingsErrorCode } from './settings.errors.js';
export { SettingsModule } from './settings.module.js';
export type { SettingsModuleExtras } from './settings.module-definition.js';
export type { SettingsOptions } from './settings.options.js';
export { DatabaseSettingsStore } from './strategies/database-settings-store.js';
