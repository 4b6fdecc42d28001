import {
  SettingsStore,
  type SettingsChange,
  type SettingsHistoryQuery,
  type SettingsWrite,
  type SettingsWriteOutcome,
  type StoredSection,
} from 'penstock/settings';

/** Settings in memory, whose reads can be held back or made to fail. */
export class FakeSettingsStore extends SettingsStore {
  /** Every load that was asked for. */
  loads = 0;
  /** What loads and writes fail with as long as it is set. */
  failure: Error | null = null;
  /** Whether loads wait for {@link FakeSettingsStore.answerOldest}. */
  holding = false;
  readonly #rows = new Map<string, StoredSection>();
  readonly #changes: SettingsChange[] = [];
  readonly #held: (() => void)[] = [];

  /** Puts a row there without a check, as another process or a past version may have. */
  put(section: string, overrides: unknown, version = 1): void {
    this.#rows.set(section, { section, overrides, version, updatedAt: 0, updatedBy: 'somebody' });
  }

  /** Takes the rows at once, and hands them over when the answer is no longer held back. */
  override async loadAll(): Promise<readonly StoredSection[]> {
    this.loads += 1;
    const rows = [...this.#rows.values()];
    if (this.holding) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.failure !== null) throw this.failure;
    return rows;
  }

  override write(write: SettingsWrite): Promise<SettingsWriteOutcome> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const { section, expectedVersion, overrides, by, at } = write;
    const present = this.#rows.get(section);
    const currentVersion = present?.version ?? 0;
    if (currentVersion !== expectedVersion) return Promise.resolve({ outcome: 'conflict', currentVersion });
    const version = currentVersion + 1;
    const stored = { section, overrides, version, updatedAt: at, updatedBy: by };
    this.#rows.set(section, stored);
    const before = present?.overrides ?? {};
    this.#changes.unshift({ section, version, before, after: overrides, changedBy: by, changedAt: at });
    return Promise.resolve({ outcome: 'written', stored });
  }

  override history(
    section: string,
    { limit, before = Infinity }: SettingsHistoryQuery,
  ): Promise<readonly SettingsChange[]> {
    const changes = this.#changes.filter((each) => each.section === section && each.version < before);
    return Promise.resolve(changes.slice(0, limit));
  }

  /** Lets the oldest held load go on. `false` when there is none. */
  answerOldest(): boolean {
    const answer = this.#held.shift();
    answer?.();
    return answer !== undefined;
  }
}
