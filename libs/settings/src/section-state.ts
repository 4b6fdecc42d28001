import type { JsonObject } from 'penstock/kernel';

import type { FieldIssue, FieldProblem } from './field-problem.js';
import { deepFreeze, type Frozen } from './frozen.js';
import { isJsonObject } from './merge-patch.js';
import type { StoredSection } from './ports/settings-store.js';
import type { SettingsSection } from './settings-section.js';

/** A section as it stands. Immutable: a change makes a new one. */
export interface SectionState<Values extends object = object> {
  readonly section: SettingsSection<Values>;
  /** What holds: what somebody set, and the defaults of the rest. */
  readonly values: Frozen<Values>;
  /** Only what somebody set, as far as it fits. */
  readonly overrides: JsonObject;
  /** Rises by one with each write; 0 before the first. */
  readonly version: number;
  /** In milliseconds since 1970; `null` before the first write. */
  readonly updatedAt: number | null;
  readonly updatedBy: string | null;
  /** What is stored and does not fit (any more). The defaults hold instead, and the next write drops it. */
  readonly ignored: readonly FieldProblem[];
}

/** A section that nobody has changed. */
export function untouched<Values extends object>(section: SettingsSection<Values>): SectionState<Values> {
  const written = { version: 0, updatedAt: null, updatedBy: null };
  return { section, values: section.defaults, overrides: {}, ignored: [], ...written };
}

/**
 * Reads a stored row. Never fails: a field that does not fit is left out, as if nobody had set it, and told in `ignored`.
 */
export function readStored<Values extends object>(
  section: SettingsSection<Values>,
  { overrides: stored, version, updatedAt, updatedBy }: StoredSection,
): SectionState<Values> {
  const written = { section, version, updatedAt, updatedBy };
  const ignored: FieldProblem[] = isJsonObject(stored) ? [] : [NO_OBJECT];
  let overrides = isJsonObject(stored) ? stored : {};
  for (;;) {
    const check = section.check(overrides);
    if (check.fits) {
      return { ...written, values: check.values, overrides: deepFreeze(overrides), ignored };
    }
    ignored.push(...check.problems);
    overrides = withoutIssues(overrides, check.issues);
  }
}

const NO_OBJECT: FieldProblem = { path: '', message: 'What is stored is no JSON object.' };

/** Always smaller than before, so that reading comes to an end. When no field is to blame, all of them go. */
function withoutIssues(overrides: JsonObject, issues: readonly FieldIssue[]): JsonObject {
  const paths = new Map(issues.map(({ path }) => [path.map(String).join('\0'), path.map(String)]));
  const smaller = [...paths.values()].reduce((left, path) => without(left, path) ?? left, overrides);
  return smaller === overrides ? {} : smaller;
}

/** Leaves out the member at a path, or the nearest one above it that is there; `undefined` when none is. */
function without(object: JsonObject, [name, ...rest]: readonly string[]): JsonObject | undefined {
  if (name === undefined || !Object.hasOwn(object, name)) return undefined;
  const { [name]: member, ...others } = object;
  const smaller = isJsonObject(member) ? without(member, rest) : undefined;
  return smaller === undefined ? others : { ...others, [name]: smaller };
}
