import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  model_not_found: 'not_found',
  generation_not_found: 'not_found',
  asset_not_found: 'not_found',
  invalid_value: 'invalid_input',
  unknown_parameter: 'invalid_input',
  priority_not_allowed: 'forbidden',
  idempotency_conflict: 'conflict',
  not_finished: 'conflict',
  not_completed: 'conflict',
  already_finished: 'conflict',
  token_gone: 'conflict',
  source_gone: 'conflict',
  not_supported: 'invalid_input',
  file_too_large: 'too_large',
  upstream_failed: 'upstream',
  upstream_busy: 'unavailable',
  shutting_down: 'unavailable',
  storage_full: 'unavailable',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link GenerationError}. */
export type GenerationErrorCode = keyof typeof CATEGORIES;

/** A request about a generation that cannot be carried out. Nothing was changed. */
export class GenerationError extends CodedError<GenerationErrorCode> {
  static of(code: GenerationErrorCode, message: string, options?: CodedErrorOptions): GenerationError {
    return new GenerationError(code, CATEGORIES[code], message, options);
  }

  static notFound(id: string): GenerationError {
    return GenerationError.of(
      'generation_not_found',
      `There is no generation "${id.slice(0, 100)}" that this key may see.`,
    );
  }
}
