import { CodedError } from 'penstock/kernel';

const CATEGORIES = { edge_not_found: 'not_found', invalid_origin: 'invalid_input' } as const;

/** Codes of {@link EdgeAdminError}. */
export type EdgeAdminErrorCode = keyof typeof CATEGORIES;

/** What an operator asked of an edge cannot be done. */
export class EdgeAdminError extends CodedError<EdgeAdminErrorCode> {
  static notFound(origin: string): EdgeAdminError {
    const message = `Nothing is known of an edge in front of ${origin}: it does not challenge, and has no clearance.`;
    return new EdgeAdminError('edge_not_found', CATEGORIES.edge_not_found, message, { field: 'origin' });
  }

  static invalidOrigin(got: string): EdgeAdminError {
    const message =
      `"origin": got ${JSON.stringify(got.slice(0, 200))}; expected an http(s) origin without a path, percent-encoded, ` +
      'such as https%3A%2F%2Fapi.example.com.';
    return new EdgeAdminError('invalid_origin', CATEGORIES.invalid_origin, message, { field: 'origin' });
  }
}
