/** The last thing that happened to an entry, outside of loads. */
export interface JournalEntry {
  readonly change: 'put' | 'removed';
  /** The version that was put, or that the removed entry had; -1 when an unknown entry was removed. */
  readonly version: number;
}

/**
 * Remembers the puts and removals that a load may not have seen, until a load that began after them has ended.
 * Loads follow one another; they never overlap.
 */
export class ChangeJournal {
  #loads = 0;
  readonly #entries = new Map<string, JournalEntry & { readonly load: number }>();

  /** Starts a new load: what is recorded from here on, it may have missed. */
  beginLoad(): void {
    this.#loads += 1;
  }

  record(id: string, entry: JournalEntry): void {
    this.#entries.set(id, { ...entry, load: this.#loads });
  }

  /** The last change of an entry since the last load began, which its rows may not show. */
  sinceLoadBegan(id: string): JournalEntry | undefined {
    const entry = this.#entries.get(id);
    return entry?.load === this.#loads ? entry : undefined;
  }

  /** The version of an entry that was removed and that no load has confirmed as gone. */
  removedVersion(id: string): number | undefined {
    const entry = this.#entries.get(id);
    return entry?.change === 'removed' ? entry.version : undefined;
  }

  /** The load's rows were taken over: forgets what happened before it began, as they show it. */
  endLoad(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.load < this.#loads) this.#entries.delete(id);
    }
  }

  /** Entries remembered. */
  get size(): number {
    return this.#entries.size;
  }
}
