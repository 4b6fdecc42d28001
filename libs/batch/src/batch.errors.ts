import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  batch_not_found: 'not_found',
  batch_operation_not_found: 'invalid_input',
  batch_limit: 'invalid_input',
  batch_too_large: 'too_large',
  batch_ended: 'conflict',
  batch_not_ended: 'conflict',
  nothing_to_retry: 'conflict',
  confirmation_required: 'conflict',
  batches_stopped: 'unavailable',
  invalid_batch_operation: 'internal',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link BatchError}. */
export type BatchErrorCode = keyof typeof CATEGORIES;

/** Something that cannot be done with a batch. Nothing was changed. */
export class BatchError extends CodedError<BatchErrorCode> {
  static of(code: BatchErrorCode, message: string, options?: CodedErrorOptions): BatchError {
    return new BatchError(code, CATEGORIES[code], message, options);
  }

  static notFound(id: string): BatchError {
    return BatchError.of('batch_not_found', `There is no batch "${id.slice(0, 100)}".`);
  }

  static operationNotFound(name: string, known: readonly string[]): BatchError {
    const list = known.length === 0 ? 'none' : known.join(', ');
    const message = `"operation": got ${JSON.stringify(name.slice(0, 100))}; known are ${list}.`;
    return BatchError.of('batch_operation_not_found', message, { field: 'operation' });
  }

  /** A wish that goes beyond what the operation allows. */
  static limit(field: string, got: number, right: string): BatchError {
    return BatchError.of('batch_limit', `"${field}": got ${got}; expected ${right}.`, { field });
  }

  static tooLarge(maxItems: number): BatchError {
    return BatchError.of(
      'batch_too_large',
      `A batch takes at most ${maxItems} items. Make several batches of it.`,
    );
  }

  static ended(id: string, state: string): BatchError {
    return BatchError.of('batch_ended', `Batch ${id} has ended already: it is ${state}.`);
  }

  static notEnded(id: string): BatchError {
    return BatchError.of('batch_not_ended', `Batch ${id} is still running. Wait for its end, or cancel it.`);
  }

  static nothingToRetry(id: string): BatchError {
    return BatchError.of('nothing_to_retry', `No item of batch ${id} has failed.`);
  }

  static stopped(): BatchError {
    return BatchError.of('batches_stopped', 'No batch begins any more: the process is shutting down.');
  }
}

/** An operation is confirmed by sending the same request again with {@link confirmation}. */
export class ConfirmationRequired extends BatchError {
  constructor(
    readonly confirmation: string,
    operation: string,
    items: number,
  ) {
    const these = items === 1 ? '1 item' : `${items} items`;
    super(
      'confirmation_required',
      CATEGORIES.confirmation_required,
      `${operation} would change ${these}, for good. Send the same request again within 10 minutes ` +
        `with "confirmation": "${confirmation}".`,
      { field: 'confirmation' },
    );
  }
}
