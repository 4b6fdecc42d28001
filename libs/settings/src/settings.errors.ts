import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

import type { FieldProblem } from './field-problem.js';

const CATEGORIES = {
  settings_invalid: 'invalid_input',
  settings_section_not_found: 'not_found',
  settings_conflict: 'conflict',
  settings_load_failed: 'unavailable',
  settings_not_loaded: 'unavailable',
  settings_not_registered: 'internal',
  settings_section_duplicate: 'internal',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link SettingsError}. */
export type SettingsErrorCode = keyof typeof CATEGORIES;

/** What goes with a {@link SettingsError} besides its message. */
interface SettingsErrorDetails extends CodedErrorOptions {
  readonly problems?: readonly FieldProblem[];
  readonly currentVersion?: number;
}

const SHOWN_PROBLEMS = 10;

/** Settings that cannot be read or changed. Nothing was changed. */
export class SettingsError extends CodedError<SettingsErrorCode> {
  /** Of `settings_invalid`: everything that is wrong, not only what the message has room for. */
  readonly problems: readonly FieldProblem[];
  /** Of `settings_conflict`: the version that the section has now. */
  readonly currentVersion: number | undefined;

  private constructor(code: SettingsErrorCode, message: string, details: SettingsErrorDetails = {}) {
    super(code, CATEGORIES[code], message, details);
    this.problems = details.problems ?? [];
    this.currentVersion = details.currentVersion;
  }

  /** @param problems - at least one */
  static invalid(section: string, problems: readonly FieldProblem[]): SettingsError {
    const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ message }) => message);
    const left = problems.length - shown.length;
    const message = [`Settings "${section}":`, ...shown, ...(left > 0 ? [`And ${left} more.`] : [])].join(
      ' ',
    );
    const field = problems[0]?.path ?? '';
    return new SettingsError('settings_invalid', message, { problems, ...(field === '' ? {} : { field }) });
  }

  static sectionNotFound(name: string, known: readonly string[]): SettingsError {
    const list = known.length === 0 ? 'none' : known.join(', ');
    const message = `There is no settings section "${name.slice(0, 100)}". Sections here: ${list}.`;
    return new SettingsError('settings_section_not_found', message);
  }

  static conflict(section: string, expected: number, currentVersion: number): SettingsError {
    const message =
      `Settings "${section}" are at version ${currentVersion}, not ${expected}: somebody changed them. ` +
      'Read them again, and repeat the change on what they are now.';
    return new SettingsError('settings_conflict', message, { currentVersion });
  }

  /** @param cause - what the store failed with */
  static loadFailed(cause: unknown): SettingsError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new SettingsError('settings_load_failed', `The settings could not be loaded: ${reason}`, {
      cause,
    });
  }

  static notLoaded(section: string): SettingsError {
    const message =
      `Settings "${section}" were asked for before they were loaded. ` +
      'Ask after the module was initialised, or use follow().';
    return new SettingsError('settings_not_loaded', message);
  }

  static notRegistered(section: string): SettingsError {
    const message =
      `Settings "${section}" are not registered by any module. ` +
      'Add SettingsModule.forFeature([section]) to the imports of yours.';
    return new SettingsError('settings_not_registered', message);
  }

  /** @param owners - the modules that register a section of this name, two or more */
  static duplicate(section: string, owners: readonly string[]): SettingsError {
    const message =
      `Settings section "${section}" is registered by ${owners.join(' and by ')}. ` +
      'Rename one, or drop one from the imports.';
    return new SettingsError('settings_section_duplicate', message);
  }
}
