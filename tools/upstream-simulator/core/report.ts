import type { CallbackCounts } from './callbacks.js';
import type { FaultReport } from './fault-rules.js';
import { viewOf, type Job, type JobRequest, type JobView } from './job.js';
import type { Operation } from './operation.js';
import type { Observation, SubmissionCount, ViolationCount } from './witness.js';
import type { World } from './world.js';

/** One job, with the truth about it. Times are milliseconds since 1970. */
export interface JobReport extends JobRequest, Observation, JobView {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
  readonly createdAt: number;
  readonly deleted: boolean;
}

/** One secret: what it has, and how it behaved. */
export interface SecretReport {
  readonly secret: string;
  /** `null` for a secret that is not (or no more) known. */
  readonly account: string | null;
  readonly quotaLeft: number | null;
  readonly inFlight: number;
  readonly maxInFlight: number;
  readonly violations: ViolationCount;
}

/** Everything that happened since the start or the last reset. */
export interface Report {
  readonly at: number;
  readonly jobs: readonly JobReport[];
  readonly submissions: readonly ({ readonly prompt: string } & Readonly<SubmissionCount>)[];
  readonly calls: {
    readonly total: number;
    readonly byOperation: Readonly<Record<Operation, number>>;
    /** Answers sent, by HTTP status; calls that got none are in the total only. */
    readonly byStatus: Readonly<Record<string, number>>;
  };
  readonly secrets: readonly SecretReport[];
  readonly violations: ViolationCount;
  readonly faults: readonly FaultReport[];
  readonly callbacks: CallbackCounts;
}

/** Takes stock; costs as much as there are jobs. */
export function reportOn(world: World): Report {
  const now = world.clock.now();
  const jobs = [...world.jobs.all()];
  const secrets = secretsOf(world, jobs).map((secret) => secretReport(world, secret, now));
  const { witness } = world;
  return {
    at: now,
    jobs: jobs.map((job) => jobReport(job, witness.observation(job.id), now)),
    submissions: [...witness.submissions].map(([prompt, count]) => ({ prompt, ...count })),
    calls: {
      total: sum(Object.values(witness.callsByOperation)),
      byOperation: { ...witness.callsByOperation },
      byStatus: { ...witness.callsByStatus },
    },
    secrets,
    violations: {
      concurrency: sum(secrets.map(({ violations }) => violations.concurrency)),
      hammering: sum(secrets.map(({ violations }) => violations.hammering)),
    },
    faults: world.faults.report(),
    callbacks: world.callbacks.counts,
  };
}

function jobReport(job: Job, observation: Observation, now: number): JobReport {
  const { id, secret, account, createdAt, deleted } = job;
  return { id, secret, account, createdAt, deleted, ...job.request, ...viewOf(job, now), ...observation };
}

function secretReport({ credentials, jobs, witness }: World, secret: string, now: number): SecretReport {
  const inFlight = jobs.inFlight(secret);
  return {
    secret,
    account: credentials.account(secret) ?? null,
    quotaLeft: credentials.quota(secret, now)?.left ?? null,
    inFlight: inFlight.count(now),
    maxInFlight: inFlight.max,
    violations: { ...witness.violations(secret) },
  };
}

function secretsOf({ credentials, witness }: World, jobs: readonly Job[]): readonly string[] {
  return [
    ...new Set([...credentials.secrets(), ...jobs.map(({ secret }) => secret), ...witness.violators()]),
  ];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
