import { ChangeJournal } from './change-journal.js';
import type { PooledToken } from './pooled-token.js';
import { TokenIndex } from './token-index.js';

/**
 * The present tokens, merged from single changes and from loads whose rows may be older than those changes.
 *
 * A load's rows are the truth, except for entries that were put or removed since it began: of a put one, the higher
 * version stays, and a removed one stays away.
 */
export class TokenTable {
  readonly index = new TokenIndex();
  readonly #journal = new ChangeJournal();

  /** Takes over one entry. `false` when it is older than what is known of it. */
  put(token: PooledToken): boolean {
    const present = this.index.tokens.get(token.id);
    if (present !== undefined && token.version < present.version) return false;
    const removed = this.#journal.removedVersion(token.id);
    if (removed !== undefined && token.version <= removed) return false;
    this.index.put(token);
    this.#journal.record(token.id, { change: 'put', version: token.version });
    return true;
  }

  /** `false` when there was no such entry. */
  remove(id: string): boolean {
    const version = this.index.remove(id)?.version ?? this.#journal.removedVersion(id);
    const known = version !== undefined;
    this.#journal.record(id, { change: 'removed', version: known ? version : -1 });
    return known;
  }

  /** Call just before the rows are asked for. */
  beginLoad(): void {
    this.#journal.beginLoad();
  }

  /** Takes over a row of the load that began last. `true` when that changed anything. */
  takeOver(row: PooledToken): boolean {
    const present = this.index.tokens.get(row.id);
    if (present?.version === row.version) return false;
    const since = this.#journal.sinceLoadBegan(row.id);
    if (since !== undefined && (since.change === 'removed' || row.version < since.version)) return false;
    this.index.put(row);
    return true;
  }

  /** Removes an entry that the load did not bring, unless it is newer than the load. `true` when it was removed. */
  dropUnseen(id: string): boolean {
    return this.#journal.sinceLoadBegan(id) === undefined && this.index.remove(id) !== undefined;
  }

  /** Every row of the load was taken over and everything else dropped. */
  endLoad(): void {
    this.#journal.endLoad();
  }
}
