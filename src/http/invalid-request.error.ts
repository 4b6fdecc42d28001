import { CodedError } from 'penstock/kernel';

import type { Problem } from './describe-issue.js';

const SHOWN_PROBLEMS = 10;

/** The request does not fit the schema of its route. The message names every problem, at most ten. */
export class InvalidRequestError extends CodedError<Problem['code']> {
  /** @param problems - at least one; code and field are those of the first */
  static of(problems: readonly [Problem, ...Problem[]]): InvalidRequestError {
    const [first] = problems;
    const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ message }) => message);
    const left = problems.length - shown.length;
    const message = [...shown, ...(left > 0 ? [`And ${left} more.`] : [])].join(' ');
    const field = first.path === '' ? {} : { field: first.path };
    return new InvalidRequestError(first.code, 'invalid_input', message, field);
  }
}
