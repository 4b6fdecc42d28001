import type { SectionState, SettingsChange } from 'penstock/settings';

import type { Page } from '../http/index.js';

import type { SettingsChangeView, SettingsSectionView } from './settings.schemas.js';

/** Shows a section to operators. */
export function sectionView(state: SectionState): SettingsSectionView {
  const { section, values, overrides, version, ignored, updatedAt, updatedBy } = state;
  const { name, description, defaults, jsonSchema } = section;
  return {
    name,
    description,
    version,
    values: { ...values },
    overrides: { ...overrides },
    defaults: { ...defaults },
    schema: { ...jsonSchema },
    ignored: ignored.map(({ message }) => message),
    updatedAt: updatedAt === null ? null : new Date(updatedAt).toISOString(),
    updatedBy,
  };
}

/** Cuts a page out of changes that were read with `limit + 1`. */
export function changePage(changes: readonly SettingsChange[], limit: number): Page<SettingsChangeView> {
  const shown = changes.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = changes.length > limit && last !== undefined ? String(last.version) : null;
  return { data: shown.map(changeView), nextCursor };
}

function changeView({ version, before, after, changedBy, changedAt }: SettingsChange): SettingsChangeView {
  return { version, before, after, changedBy, changedAt: new Date(changedAt).toISOString() };
}
