import type { JsonObject } from 'penstock/kernel';

/** A section as it is stored. */
export interface StoredSection {
  readonly section: string;
  /** What somebody set, without the defaults. Anything, if the row was spoilt. */
  readonly overrides: unknown;
  /** Rises by one with each write, from 1; never starts again. */
  readonly version: number;
  /** In milliseconds since 1970. */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** One write of a section. */
export interface SettingsWrite {
  readonly section: string;
  /** The version that the section must have; 0 when nobody has written it. */
  readonly expectedVersion: number;
  /** All that is set from now on. */
  readonly overrides: JsonObject;
  /** Who writes, such as the id of an API key. */
  readonly by: string;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** How a write ended. */
export type SettingsWriteOutcome =
  | { readonly outcome: 'written'; readonly stored: StoredSection }
  /** Somebody else was first. Nothing was changed. */
  | { readonly outcome: 'conflict'; readonly currentVersion: number };

/** One write, as the audit keeps it. */
export interface SettingsChange {
  readonly section: string;
  /** The version that the write led to. */
  readonly version: number;
  /** What was set before and after it, as it was stored. */
  readonly before: unknown;
  readonly after: unknown;
  readonly changedBy: string;
  /** In milliseconds since 1970. */
  readonly changedAt: number;
}

/** Which changes to read. */
export interface SettingsHistoryQuery {
  /** Most changes, at least 1. */
  readonly limit: number;
  /** Only versions below this one. @defaultValue from the newest on */
  readonly before?: number | undefined;
}

/** Port: where settings and the audit of their changes are kept for good. */
export abstract class SettingsStore {
  /** Every section that was ever written, in any order: the rows of one moment after the call. */
  abstract loadAll(): Promise<readonly StoredSection[]>;

  /**
   * Writes a section and its audit, both or neither, and only if the section has the expected version. Of writes at the
   * same time that expect the same version, one is carried out.
   */
  abstract write(write: SettingsWrite): Promise<SettingsWriteOutcome>;

  /** Changes of a section, the newest first. Empty for a section that nobody wrote. */
  abstract history(section: string, query: SettingsHistoryQuery): Promise<readonly SettingsChange[]>;
}
