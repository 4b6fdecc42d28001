import type { Clock } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';

import type { SimulatorSettings } from '../simulator.options.js';
import type { Behaviour } from './behaviour.js';
import { Callbacks } from './callbacks.js';
import { CredentialBook } from './credential-book.js';
import { FaultRules } from './fault-rules.js';
import { JobPlanner } from './job-planner.js';
import { JobStore } from './job-store.js';
import { WaitLedger } from './wait-ledger.js';
import { Witness } from './witness.js';

/** All state of a simulator. A reset makes a new one; calls under way end in the one they began in. */
export interface World {
  readonly clock: Clock;
  readonly models: readonly string[];
  readonly idempotency: boolean;
  /** The job that an idempotency key made, by account and key. */
  readonly replays: Map<string, string>;
  readonly planner: JobPlanner;
  readonly jobs: JobStore;
  readonly faults: FaultRules;
  readonly witness: Witness;
  readonly waits: WaitLedger;
  readonly callbacks: Callbacks;
  credentials: CredentialBook;
  behaviour: Behaviour;
}

/** The world as `settings` describe it, with nothing done in it yet. */
export function newWorld(settings: SimulatorSettings): World {
  // A stream of its own, so that faults do not change the fate of the jobs.
  const faults = new FaultRules(new SeededRandom(settings.seed ^ 0x9e3779b9));
  for (const rule of settings.faults) faults.add(rule);
  const callbacks = new Callbacks(
    settings.clock,
    new SeededRandom(settings.seed ^ 0x2545f491),
    () => world.behaviour,
  );
  const world: World = {
    clock: settings.clock,
    models: settings.models,
    idempotency: settings.idempotency,
    replays: new Map(),
    planner: new JobPlanner(settings.seed),
    jobs: new JobStore((job) => {
      callbacks.ended(job);
    }),
    callbacks,
    faults,
    witness: new Witness(settings.callsKept),
    waits: new WaitLedger(),
    credentials: new CredentialBook(settings.credentials),
    behaviour: settings.behaviour,
  };
  return world;
}
