import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  webhook_url_refused: 'invalid_input',
  webhook_secret_missing: 'conflict',
  webhook_key_not_found: 'not_found',
  webhook_not_configured: 'not_found',
  webhook_not_found: 'not_found',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link WebhookError}. */
export type WebhookErrorCode = keyof typeof CATEGORIES;

/** Something about webhooks that cannot be done. Nothing was changed. */
export class WebhookError extends CodedError<WebhookErrorCode> {
  static of(code: WebhookErrorCode, message: string, options?: CodedErrorOptions): WebhookError {
    return new WebhookError(code, CATEGORIES[code], message, options);
  }

  static notConfigured(keyId: string): WebhookError {
    return WebhookError.of(
      'webhook_not_configured',
      `The API key "${keyId.slice(0, 100)}" has no webhook. Make one: PUT /admin/keys/{id}/webhook.`,
    );
  }
}
