import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  invalid_plugins: 'invalid_input',
  plugin_not_loaded: 'invalid_input',
  plugin_init_failed: 'unavailable',
  unknown_provider: 'not_found',
} as const satisfies Record<string, ErrorCategory>;

/**
 * Codes of {@link PluginError}.
 *
 * - `invalid_plugins`: plugins contradict the contract or each other; the message lists every problem.
 * - `plugin_not_loaded`: a specifier leads to no Nest module; the message lists every one.
 * - `plugin_init_failed`: the `init` of a provider threw; the cause is what it threw.
 * - `unknown_provider`: nobody registered a provider of that name.
 */
export type PluginErrorCode = keyof typeof CATEGORIES;

/** Something is wrong with the plugins of this application. */
export class PluginError extends CodedError<PluginErrorCode> {
  static of(code: PluginErrorCode, message: string, cause?: unknown): PluginError {
    return new PluginError(code, CATEGORIES[code], message, { cause });
  }

  /** One error for all `problems`, each of them a sentence or two. */
  static listing(code: PluginErrorCode, problems: readonly string[], cause?: unknown): PluginError {
    return PluginError.of(code, ['The plugins cannot be used:', ...problems].join('\n- '), cause);
  }
}
