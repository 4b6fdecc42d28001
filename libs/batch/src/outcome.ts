import type { ItemOutcome } from './batch.js';

/** What may be said of an outcome besides its state and result. */
export type OutcomeDetail = Partial<Pick<ItemOutcome, 'reason' | 'changes' | 'subject'>>;

const outcome =
  (state: ItemOutcome['state']) =>
  (result: string, { reason = null, changes = [], subject = null }: OutcomeDetail = {}): ItemOutcome => ({
    state,
    result,
    reason,
    changes,
    subject,
  });

/** The item was done. @param result - one word for programs */
export const succeeded = outcome('succeeded');

/** The item cannot be done, and trying again would not help. */
export const failed = outcome('failed');

/** There was nothing to do. */
export const skipped = outcome('skipped');
