import { Logger } from '@nestjs/common';

interface Entry {
  readonly call: () => void;
  /** Also wants to be called when the settings are there. */
  readonly first: boolean;
}

/** Who hears of which section. Silent until {@link SettingsListeners.begin}: a load at the start is no change. */
export class SettingsListeners {
  readonly #logger = new Logger('Settings');
  readonly #entries = new Map<string, Set<Entry>>();
  #begun = false;

  /** Sections that somebody listens to. */
  get sections(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Calls `call` after each change of a section. Returns the way to end that. */
  add(section: string, call: () => void, first = false): () => void {
    const entry = { call, first };
    const entries = this.#entries.get(section) ?? new Set();
    this.#entries.set(section, entries.add(entry));
    if (first && this.#begun) call();
    return () => void entries.delete(entry);
  }

  begin(): void {
    this.#begun = true;
    for (const [section, entries] of this.#entries) {
      for (const entry of entries) if (entry.first) this.#call(section, entry);
    }
  }

  notify(section: string): void {
    if (!this.#begun) return;
    for (const entry of this.#entries.get(section) ?? []) this.#call(section, entry);
  }

  #call(section: string, { call }: Entry): void {
    try {
      call();
    } catch (error) {
      this.#logger.error(`A listener to the settings "${section}" failed.`, error);
    }
  }
}
