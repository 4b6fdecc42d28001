import { Logger } from '@nestjs/common';
import { assertNever } from 'penstock/kernel';

import type { PollObservation, PollTarget } from './ports/poll-target.js';
import type { TrackedPoll } from './tracked-poll.js';

const ERROR = { outcome: 'error', retryAfterMs: null } as const satisfies PollObservation;

/** One call of the target under way. */
export class PollRun {
  /** Took too long: a late `pending` counts as an error. */
  timedOut = false;
  /** Whether the slot is still claimed. */
  holdsSlot = true;
  readonly #logger = new Logger('Polling');
  readonly #controller = new AbortController();

  constructor(readonly poll: TrackedPoll) {}

  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  abort(reason: string): void {
    this.#controller.abort(new DOMException(reason, 'AbortError'));
  }

  /** Calls the target. Never rejects: what it throws is logged and becomes an error. */
  async call(target: () => PollTarget): Promise<PollObservation> {
    try {
      return this.#judge(await target().poll(this.poll.id, this.#controller.signal));
    } catch (error) {
      if (this.timedOut || !this.aborted) {
        this.#logger.warn(`The poll of ${this.poll.id} failed: ${String(error)}`);
      }
      return ERROR;
    }
  }

  #judge(observation: PollObservation): PollObservation {
    switch (observation.outcome) {
      case 'pending':
        return this.timedOut ? ERROR : observation;
      case 'error':
      case 'ended':
        return observation;
      default:
        return assertNever(observation);
    }
  }
}
