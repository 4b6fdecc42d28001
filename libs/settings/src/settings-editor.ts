import { Injectable, Optional } from '@nestjs/common';
import { Clock, type JsonObject, SystemClock } from 'penstock/kernel';

import { CachedSections } from './cached-sections.js';
import { applyMergePatch, isJsonObject } from './merge-patch.js';
import { type SettingsChange, type SettingsHistoryQuery, SettingsStore } from './ports/settings-store.js';
import type { SectionState } from './section-state.js';
import { Settings } from './settings.js';
import { toJson } from './settings-section.js';
import { SettingsError } from './settings.errors.js';

/** Who changes which version. */
export interface SettingsEdit {
  /** The version that was looked at; 0 for a section that nobody has written. */
  readonly expectedVersion: number;
  /** Who changes it, such as the id of an API key. Kept in the audit. */
  readonly by: string;
}

/** Of a section, as JSON: every change keeps two of them in the audit. */
const LARGEST_BYTES = 64 * 1024;

/**
 * Changes settings. A change is on disk, with its audit, before it holds, and holds in this process once its promise
 * resolves. Of changes at the same time to one version of a section, one is carried out.
 *
 * Every method throws {@link SettingsError}: `settings_section_not_found`, `settings_conflict`, `settings_invalid`.
 */
@Injectable()
export class SettingsEditor {
  constructor(
    private readonly settings: Settings,
    private readonly store: SettingsStore,
    private readonly rows: CachedSections,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  /** Sets what `values` names, and nothing else: of all other fields the defaults hold. */
  put(section: string, values: unknown, edit: SettingsEdit): Promise<SectionState> {
    return this.#change(section, edit, () => asObject(section, values));
  }

  /** Changes what `patch` names (JSON merge patch, RFC 7396): `null` gives a field back to its default. */
  patch(section: string, patch: unknown, edit: SettingsEdit): Promise<SectionState> {
    return this.#change(section, edit, (overrides) => applyMergePatch(overrides, asObject(section, patch)));
  }

  /** Gives every field back to its default. */
  reset(section: string, edit: SettingsEdit): Promise<SectionState> {
    return this.#change(section, edit, () => ({}));
  }

  /** What was changed, the newest first. @throws SettingsError `settings_section_not_found` */
  async history(section: string, query: SettingsHistoryQuery): Promise<readonly SettingsChange[]> {
    this.settings.state(section);
    return this.store.history(section, query);
  }

  async #change(
    name: string,
    { expectedVersion, by }: SettingsEdit,
    edit: (overrides: JsonObject) => JsonObject,
  ): Promise<SectionState> {
    const present = await this.#presentAt(name, expectedVersion);
    const overrides = edit(present.overrides);
    refuseLarge(name, overrides);
    const check = present.section.check(overrides);
    if (!check.fits) throw SettingsError.invalid(name, check.problems);
    const at = this.clock.now();
    const result = await this.store.write({ section: name, expectedVersion, overrides, by, at });
    await this.rows.invalidate();
    if (result.outcome === 'written') {
      this.settings.take(result.stored);
      return this.settings.state(name);
    }
    await this.settings.refresh();
    throw SettingsError.conflict(name, expectedVersion, result.currentVersion);
  }

  /** What others wrote may not be known here yet, so the store has the last word. */
  async #presentAt(name: string, expectedVersion: number): Promise<SectionState> {
    if (this.settings.state(name).version !== expectedVersion) {
      await this.rows.invalidate();
      await this.settings.refresh();
    }
    const present = this.settings.state(name);
    if (present.version === expectedVersion) return present;
    throw SettingsError.conflict(name, expectedVersion, present.version);
  }
}

/** A copy, so that nobody changes it while it is stored. */
function asObject(section: string, value: unknown): JsonObject {
  if (isJsonObject(value)) return toJson(value);
  throw SettingsError.invalid(section, [
    { path: '', message: 'The values must be a JSON object of fields.' },
  ]);
}

function refuseLarge(section: string, overrides: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(overrides));
  if (bytes <= LARGEST_BYTES) return;
  const message = `The values have ${bytes} bytes; at most ${LARGEST_BYTES} are taken.`;
  throw SettingsError.invalid(section, [{ path: '', message }]);
}
