import { CodedError } from 'penstock/kernel';
import { z } from 'zod';

import {
  behaviourChangeSchema,
  changedBehaviour,
  type Behaviour,
  type BehaviourChange,
} from './core/behaviour.js';
import type { CallQuery, CallRecord } from './core/call-ring.js';
import { checkedInput } from './core/checked-input.js';
import { CredentialBook } from './core/credential-book.js';
import { credentialsSchema, type CredentialInput } from './core/credential.js';
import { faultRuleSchema, type FaultRuleInput } from './core/fault-rule.js';
import { failureOf, type JobError } from './core/job-error.js';
import { OPERATIONS } from './core/operation.js';
import { reportOn, type Report } from './core/report.js';
import type { World } from './core/world.js';

const callQuerySchema = z.strictObject({
  operation: z.enum(OPERATIONS).optional(),
  jobId: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100),
});

const failureSchema = z.strictObject({
  code: z.string().min(1).default('generation_failed'),
  message: z.string().min(1).optional(),
});

/** Why a job is made to fail; `generation_failed` when nothing is said. */
export type FailureInput = z.input<typeof failureSchema>;

/** The hand on the simulator: sets it up and asks what it saw. Wrong input throws CodedError `invalid_input`. */
export class SimulatorControl {
  constructor(
    private readonly world: () => World,
    private readonly renew: () => void,
  ) {}

  /** Everything that happened since the start or the last reset. Costs as much as there are jobs. */
  report(): Report {
    return reportOn(this.world());
  }

  /** The latest calls that match, oldest first. */
  calls(query: CallQuery = {}): readonly CallRecord[] {
    return this.world().witness.calls(checkedInput(callQuerySchema, query));
  }

  /** Replaces all credentials. Quotas and calls a minute start anew; jobs in flight still count. */
  setCredentials(credentials: readonly CredentialInput[]): void {
    this.world().credentials = new CredentialBook(checkedInput(credentialsSchema, credentials));
  }

  /** Changes how jobs behave that are created from now on, and returns the whole of it. */
  setBehaviour(change: BehaviourChange): Behaviour {
    const world = this.world();
    world.behaviour = changedBehaviour(world.behaviour, checkedInput(behaviourChangeSchema, change));
    return world.behaviour;
  }

  /**
   * Puts a rule in force and returns its id.
   *
   * @throws CodedError `conflict` when its id is taken
   */
  addFault(rule: FaultRuleInput): string {
    return this.world().faults.add(checkedInput(faultRuleSchema, rule));
  }

  /**
   * Ends a rule; without an id, all of them.
   *
   * @throws CodedError `not_found` when there is none of that id
   */
  removeFault(id?: string): void {
    const { faults } = this.world();
    if (id === undefined) faults.clear();
    else if (!faults.remove(id)) throw notFound(`There is no fault rule ${id}.`);
  }

  /**
   * Completes a job now, also one that stands still.
   *
   * @throws CodedError `not_found`, or `conflict` when it has ended
   */
  finishJob(id: string): void {
    this.#end(id, null);
  }

  /** Fails a job now, as {@link SimulatorControl.finishJob} completes it. */
  failJob(id: string, error: FailureInput = {}): void {
    const { code, message } = checkedInput(failureSchema, error);
    this.#end(id, { code, message: message ?? failureOf(code).message });
  }

  /** Back to the state of the start: its credentials, behaviour and faults, no jobs, nothing witnessed. */
  reset(): void {
    this.renew();
  }

  #end(id: string, error: JobError | null): void {
    const { jobs, clock } = this.world();
    const job = jobs.find(id);
    if (job === undefined) throw notFound(`There is no job ${id}.`);
    if (!jobs.end(job, clock.now(), error)) {
      throw new CodedError('conflict', 'conflict', `Job ${id} has ended already.`);
    }
  }
}

const notFound = (message: string): CodedError => new CodedError('not_found', 'not_found', message);
