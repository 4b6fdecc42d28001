import { PollKnowledgeStore, type StoredKnowledge } from '../ports/poll-knowledge.js';

/** Keeps knowledge as long as the process runs. */
export class MemoryPollKnowledgeStore extends PollKnowledgeStore {
  readonly #strategies = new Map<string, Map<string, StoredKnowledge>>();

  override load(strategy: string): Promise<readonly StoredKnowledge[]> {
    const entries = [...(this.#strategies.get(strategy)?.values() ?? [])];
    return Promise.resolve(entries.sort((a, b) => a.updatedAt - b.updatedAt));
  }

  override save(
    strategy: string,
    changed: readonly StoredKnowledge[],
    removed: readonly string[],
  ): Promise<void> {
    const entries = this.#strategies.get(strategy) ?? new Map<string, StoredKnowledge>();
    this.#strategies.set(strategy, entries);
    for (const key of removed) entries.delete(key);
    for (const entry of changed) entries.set(entry.key, entry);
    return Promise.resolve();
  }
}
