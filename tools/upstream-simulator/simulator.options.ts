import { Clock, SystemClock } from 'penstock/kernel';
import { z } from 'zod';

import {
  behaviourChangeSchema,
  changedBehaviour,
  DEFAULT_BEHAVIOUR,
  type Behaviour,
} from './core/behaviour.js';
import { checkedInput } from './core/checked-input.js';
import { credentialsSchema, type Credential } from './core/credential.js';
import { faultRuleSchema, type FaultRule } from './core/fault-rule.js';

const DEFAULT_MODELS = [
  'sora-2',
  'sora-2-pro',
  'sora-2-2025-10-06',
  'sora-2-pro-2025-10-06',
  'sora-2-2025-12-08',
];

const optionsSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(0),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  clock: z.instanceof(Clock).optional(),
  credentials: credentialsSchema.default([]),
  behaviour: behaviourChangeSchema.default({}),
  faults: z.array(faultRuleSchema).default([]),
  models: z.array(z.string().min(1)).min(1).default(DEFAULT_MODELS),
  idempotency: z.boolean().default(false),
  callsKept: z.int().min(1).max(10_000_000).default(200_000),
});

/**
 * How a simulator starts; everything may be left out.
 *
 * - `host`, `port`: where it listens. Default: a free port of 127.0.0.1.
 * - `seed`: an integer of 32 bits that decides every duration and failure. Default 1.
 * - `clock`: time for jobs, limits and waits. Default: the machine's.
 * - `credentials`: the keys it accepts. Default: none, so that every call is refused.
 * - `behaviour`, `faults`: as over the control API.
 * - `models`: what can be asked for; the first is used when a request names none.
 * - `idempotency`: whether a repeated `Idempotency-Key` gets the first job again. Default `false`, as in real upstreams.
 * - `callsKept`: how many calls the witness can list. Default 200,000; its counters have no bound.
 */
export type SimulatorOptions = z.input<typeof optionsSchema>;

/** {@link SimulatorOptions}, checked and complete. */
export interface SimulatorSettings {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly credentials: readonly Credential[];
  readonly behaviour: Behaviour;
  readonly faults: readonly FaultRule[];
  readonly models: readonly string[];
  readonly idempotency: boolean;
  readonly callsKept: number;
}

/**
 * Fills in the defaults.
 *
 * @throws CodedError `invalid_input` that names the first wrong field
 */
export function resolveSimulatorOptions(options: SimulatorOptions): SimulatorSettings {
  const { clock, behaviour, ...checked } = checkedInput(optionsSchema, options);
  return Object.freeze({
    ...checked,
    clock: clock ?? new SystemClock(),
    behaviour: changedBehaviour(DEFAULT_BEHAVIOUR, behaviour),
  });
}
