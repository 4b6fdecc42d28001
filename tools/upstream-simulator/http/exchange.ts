import type { FastifyReply } from 'fastify';

import type { Caller } from '../core/caller.js';
import type { CallRecord } from '../core/call-ring.js';
import type { Fault, JobFault } from '../core/fault.js';
import type { FaultTarget, Occurrence } from '../core/fault-rules.js';
import { Refusal } from '../core/refusal.js';
import type { World } from '../core/world.js';
import type { Answer } from './answer.js';
import { deliver, reset } from './delivery.js';
import { answerOfFault, isRefusing } from './refusing-fault.js';
import type { Voice } from './voice.js';

/** A call, as a dialect understood it. */
export interface Incoming extends FaultTarget {
  /** The prompt of a submission; `null` for other calls and when the body has none. */
  readonly prompt: string | null;
  readonly idempotencyKey?: string | undefined;
  /** Does what was asked. It may throw a {@link Refusal}, and must not touch the reply. */
  perform(world: World, caller: Caller): Answer;
}

/**
 * One call from its arrival to its answer: the witness writes it down, faults befall it, its credential is checked, it
 * is performed, and answered as the dialect's {@link Voice} says it.
 */
export async function exchange(
  world: World,
  voice: Voice,
  incoming: Incoming,
  reply: FastifyReply,
): Promise<void> {
  const call = arrive(world, incoming);
  const occurrence = world.faults.next(incoming);
  call.fault = occurrence?.fault.type ?? null;
  const line = { reply, clock: world.clock };
  if (call.fault === 'reset-before') {
    reset(line);
    return;
  }
  const answer = answerTo({ world, voice, incoming, call }, occurrence);
  call.jobId = answer.made?.id ?? call.jobId;
  const status = await deliver(line, answer, occurrence?.fault);
  if (status !== null) noteAnswer(world, call, { ...answer, status });
}

interface Turn {
  readonly world: World;
  readonly voice: Voice;
  readonly incoming: Incoming;
  readonly call: CallRecord;
}

function arrive(world: World, { operation, secret, jobId, prompt }: Incoming): CallRecord {
  const now = world.clock.now();
  const call = world.witness.arrived({ operation, secret, jobId }, now);
  if (prompt !== null) world.witness.submitted(prompt);
  if (world.waits.isEarly(secret, operation, now)) world.witness.violated(call, 'hammering');
  return call;
}

function answerTo({ world, voice, incoming, call }: Turn, occurrence: Occurrence | undefined): Answer {
  const now = world.clock.now();
  const fault = occurrence?.fault;
  if (fault !== undefined && isRefusing(fault))
    return answerOfFault(voice, fault, occurrence?.scope ?? 'any', now);
  try {
    const credential = world.credentials.admit(incoming.secret, now);
    const { idempotencyKey } = incoming;
    return incoming.perform(world, { credential, idempotencyKey, fault: jobFault(fault) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { violation } = error.details;
    if (violation !== undefined) world.witness.violated(call, violation);
    return voice.refusal(error);
  }
}

function jobFault(fault: Fault | undefined): JobFault | undefined {
  switch (fault?.type) {
    case 'fail-job':
    case 'stall-progress':
    case 'backwards-progress':
      return fault;
    default:
      return undefined;
  }
}

function noteAnswer(world: World, call: CallRecord, { status, retryAfter, ended = [] }: Answer): void {
  const now = world.clock.now();
  world.witness.answered(call, status, now);
  if (retryAfter !== undefined) world.waits.told(call.secret, retryAfter, now);
  const isLegible = call.fault !== 'truncated-json' && call.fault !== 'malformed-json';
  for (const job of isLegible ? ended : []) world.witness.endSeen(job, now);
}
