/**
 * What kind of trouble an error is, independent of where it is reported. Only the edges of the system
 * (controllers, the command line) translate a category into a status or an exit code.
 *
 * - `invalid_input`: the caller can mend the request.
 * - `unauthenticated`, `forbidden`: who is asking is unknown, or may not.
 * - `not_found`, `gone`, `conflict`: the thing asked for is absent, was there for a time that is over, or is in a state that excludes
 *   the request.
 * - `too_large`: a size bound was passed.
 * - `rate_limited`: the same request may pass later.
 * - `unavailable`, `timeout`: a part that is needed does not answer (in time).
 * - `upstream`: a service behind us answered with a failure.
 * - `internal`: a bug of ours.
 */
export type ErrorCategory =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'upstream'
  | 'internal';
