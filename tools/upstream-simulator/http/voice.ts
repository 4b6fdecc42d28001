import type { Refusal } from '../core/refusal.js';
import type { Answer } from './answer.js';

/** How a dialect says that something went wrong. */
export interface Voice {
  refusal(refusal: Refusal): Answer;
  /** @param status - from 500 to 599 */
  serverError(status: number): Answer;
}
