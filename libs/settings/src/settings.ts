import { isDeepStrictEqual } from 'node:util';

import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { Clock, SystemClock, type Timer } from 'penstock/kernel';

import { CachedSections } from './cached-sections.js';
import type { Frozen } from './frozen.js';
import type { StoredSection } from './ports/settings-store.js';
import { readStored, type SectionState, untouched } from './section-state.js';
import { SettingsListeners } from './settings-listeners.js';
import { SettingsError } from './settings.errors.js';
import { MODULE_OPTIONS_TOKEN } from './settings.module-definition.js';
import { resolveSettingsOptions, type SettingsOptions } from './settings.options.js';
import { SettingsRegistry } from './settings.registry.js';
import type { SettingsSection } from './settings-section.js';

/** Hears of the values that hold in a section from now on. What it throws is logged, and keeps nothing from going on. */
export type SettingsListener<Values> = (values: Frozen<Values>) => void;

/** How fresh the settings are. */
export interface SettingsHealth {
  /** Milliseconds since the last successful load began; `null` before the first one. */
  readonly ageMs: number | null;
  /** Whether the last load failed, or none has ended for more than two periods. */
  readonly stale: boolean;
  /** The message of the last load's failure; `null` when it succeeded. */
  readonly lastError: string | null;
  /** Sections that hold stored fields which do not fit. */
  readonly ignoring: readonly string[];
}

/**
 * Every section in memory. Reads are synchronous and cost a look-up; nothing that reads settings waits for the database.
 * Loads at start (and fails the start when the store does), then refreshes in the background.
 *
 * Writes of this process ({@link SettingsEditor}) are seen at once, those of others at the next refresh. A stored field that
 * does not fit its section never keeps anything from starting: its default holds, and a warning names it.
 */
@Injectable()
export class Settings implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(Settings.name);
  readonly #refreshMs: number;
  readonly #states = new Map<string, SectionState>();
  readonly #listeners = new SettingsListeners();
  #loaded: { readonly monotonic: number } | undefined;
  #lastError: string | null = null;
  #timer: Timer | undefined;
  #closed = false;

  constructor(
    @Inject(SettingsRegistry) private readonly registry: Pick<SettingsRegistry, 'collect'>,
    private readonly rows: CachedSections,
    @Inject(MODULE_OPTIONS_TOKEN) options: SettingsOptions = {},
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#refreshMs = resolveSettingsOptions(options).refreshMs;
  }

  /** @throws SettingsError `settings_section_duplicate`, `settings_not_registered`, `settings_load_failed` */
  async onModuleInit(): Promise<void> {
    for (const section of this.registry.collect()) this.#states.set(section.name, untouched(section));
    const unknown = this.#listeners.sections.find((name) => !this.#states.has(name));
    if (unknown !== undefined) throw SettingsError.notRegistered(unknown);
    await this.refresh();
    this.#listeners.begin();
    this.#armRefresh();
  }

  onModuleDestroy(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /**
   * What holds now. Frozen, and the same object until the section changes: keep it as long as one piece of work needs it,
   * and no longer.
   *
   * @throws SettingsError `settings_not_loaded` before the start has loaded them, `settings_not_registered`
   */
  get<Values extends object>(section: SettingsSection<Values>): Frozen<Values> {
    return this.#stateOf(section).values;
  }

  /**
   * Calls `listener` after each change of the section's values, within the call that makes it. Returns the way to end that.
   */
  onChange<Values extends object>(
    section: SettingsSection<Values>,
    listener: SettingsListener<Values>,
  ): () => void {
    return this.#listeners.add(section.name, () => {
      listener(this.get(section));
    });
  }

  /** As {@link Settings.onChange}, and also calls `listener` with the present values as soon as they are loaded. */
  follow<Values extends object>(
    section: SettingsSection<Values>,
    listener: SettingsListener<Values>,
  ): () => void {
    return this.#listeners.add(
      section.name,
      () => {
        listener(this.get(section));
      },
      true,
    );
  }

  /** Every section, by name. @throws SettingsError `settings_not_loaded` */
  states(): readonly SectionState[] {
    if (this.#loaded === undefined) throw SettingsError.notLoaded('*');
    return [...this.#states.values()].sort((a, b) => (a.section.name < b.section.name ? -1 : 1));
  }

  /** @throws SettingsError `settings_section_not_found`, `settings_not_loaded` */
  state(name: string): SectionState {
    const states = this.states();
    const state = this.#states.get(name);
    if (state !== undefined) return state;
    throw SettingsError.sectionNotFound(
      name,
      states.map(({ section }) => section.name),
    );
  }

  /**
   * Loads what others changed. Rows older than what is known are passed over: they were read before a write of ours.
   *
   * @throws SettingsError `settings_load_failed`; what holds stays
   */
  async refresh(): Promise<void> {
    const monotonic = this.clock.monotonic();
    try {
      const rows = await this.rows.load();
      for (const row of rows) this.take(row);
      this.#loaded = { monotonic };
      this.#lastError = null;
    } catch (cause) {
      const error = SettingsError.loadFailed(cause);
      this.#lastError = error.message;
      throw error;
    }
  }

  /** Takes over a row that is stored. Older versions, and sections that nobody registered, are passed over. */
  take(row: StoredSection): void {
    const before = this.#states.get(row.section);
    if (before === undefined || row.version <= before.version) return;
    const state = readStored(before.section, row);
    this.#states.set(row.section, state);
    for (const { message } of state.ignored) {
      this.#logger.warn(`Settings "${row.section}": ${message} It is ignored, and the default holds.`);
    }
    if (!isDeepStrictEqual(before.values, state.values)) this.#listeners.notify(row.section);
  }

  health(): SettingsHealth {
    const ageMs = this.#loaded === undefined ? null : this.clock.monotonic() - this.#loaded.monotonic;
    const stale = this.#lastError !== null || ageMs === null || ageMs > 2 * this.#refreshMs;
    const ignoring = [...this.#states.values()].filter(({ ignored }) => ignored.length > 0);
    return {
      ageMs,
      stale,
      lastError: this.#lastError,
      ignoring: ignoring.map(({ section }) => section.name),
    };
  }

  #armRefresh(): void {
    if (this.#closed) return;
    this.#timer = this.clock.setTimer(() => void this.#refreshInBackground(), this.#refreshMs);
  }

  async #refreshInBackground(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (!this.#closed) this.#logger.warn(`${String(error)} Those loaded before hold on.`);
    }
    this.#armRefresh();
  }

  #stateOf<Values extends object>(section: SettingsSection<Values>): SectionState<Values> {
    const state = this.#states.get(section.name);
    if (this.#loaded === undefined) throw SettingsError.notLoaded(section.name);
    if (state === undefined || !isOf(state, section)) throw SettingsError.notRegistered(section.name);
    return state;
  }
}

/** Its values were parsed by the schema of the section, so they have its type. */
function isOf<Values extends object>(
  state: SectionState,
  section: SettingsSection<Values>,
): state is SectionState<Values> {
  return state.section.isSameAs(section);
}
