import type { Report } from '../../upstream-simulator/core/report.js';
import type { PlannedToken } from './plan.js';

/** A generation as the gateway tells of it at the end. */
export interface EndedGeneration {
  readonly status: string;
  readonly input: { readonly prompt: string };
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A token as the gateway tells of it at the end. */
export interface EndedToken {
  readonly label: string;
  readonly state: string;
  readonly reason: string | null;
  readonly rampLimit: number | null;
  readonly counters: { readonly inFlight: number; readonly submitted: number; readonly errors: number };
}

/** Everything that a run can be judged by. */
export interface Evidence {
  readonly plan: readonly PlannedToken[];
  readonly asked: number;
  /** When the last part began, with quotas that were whole again; milliseconds since 1970. */
  readonly resumedAt: number;
  readonly generations: readonly EndedGeneration[];
  readonly tokens: readonly EndedToken[];
  /** Labels of tokens that errors had turned off at some time. */
  readonly turnedOff: ReadonlySet<string>;
  /** Submissions on tokens after the gateway knew that they had expired, by secret. */
  readonly afterExpiry: ReadonlyMap<string, number>;
  /** Submissions on tokens that the gateway knew to be told to wait, by secret. */
  readonly whileCooling: ReadonlyMap<string, number>;
  /** Submissions within the busiest minute, by secret. */
  readonly busiestMinutes: ReadonlyMap<string, number>;
  /** What the upstream saw. */
  readonly upstream: Report;
}

/** What went against the rules; nothing of a run that is good. */
export function breachesOf(evidence: Evidence): readonly string[] {
  const parts = [ofGenerations, ofUpstream, ofQuotas, ofTokens];
  return parts.flatMap((part) => part(evidence));
}

/** Each ends as its one job upstream did. */
function ofGenerations({ asked, generations, upstream }: Evidence): readonly string[] {
  const ends = new Map(upstream.jobs.map(({ prompt, status }) => [prompt, status]));
  const wrong = generations.flatMap(({ status, input: { prompt }, error }) => {
    const end = ends.get(prompt) ?? 'nothing';
    return end === status ? [] : [`"${prompt}" is ${status} (${error?.code ?? '-'}), upstream: ${end}`];
  });
  const lost = asked - generations.length;
  const twice = upstream.submissions.filter(({ jobs }) => jobs > 1);
  return [
    ...wrong,
    ...(lost === 0 ? [] : [`${lost} of ${asked} generations are not listed`]),
    ...twice.map(({ prompt, jobs }) => `"${prompt}" was submitted ${jobs} times`),
  ];
}

function ofUpstream({
  plan,
  upstream,
  afterExpiry,
  whileCooling,
  busiestMinutes,
}: Evidence): readonly string[] {
  const limits = new Map(plan.map(({ secret, concurrency }) => [secret, concurrency]));
  const breaches = upstream.secrets.flatMap(({ secret, maxInFlight, violations }) => {
    const limit = limits.get(secret) ?? 0;
    return [
      ...(maxInFlight <= limit ? [] : [`${secret} had ${maxInFlight} at once, its limit is ${limit}`]),
      ...(violations.concurrency === 0 ? [] : [`${secret} was asked past its limit`]),
    ];
  });
  const late = [...afterExpiry].map(([secret, count]) => `${secret} was used ${count} times after its end`);
  const early = [...whileCooling].map(
    ([secret, count]) => `${secret} was asked ${count} times while it was told to wait`,
  );
  const often = plan.flatMap(({ secret, requestsPerMinute }) => {
    const most = busiestMinutes.get(secret) ?? 0;
    if (requestsPerMinute === null || most <= requestsPerMinute) return [];
    return [`${secret} was asked ${most} times in a minute, its limit is ${requestsPerMinute}`];
  });
  return [...breaches, ...late, ...early, ...often];
}

/** Generations of a run in whose last part no token is passed over by chance. */
const TELLING = 2_000;

/** Whoever has used its quota up waits for the next one, and is used again then. */
function ofQuotas({ plan, asked, upstream, resumedAt }: Evidence): readonly string[] {
  if (asked < TELLING) return [];
  return plan.flatMap(({ secret, quota, quotaEverySeconds }) => {
    const jobs = upstream.jobs.filter((job) => job.secret === secret);
    const isUsedUp = jobs.filter(({ createdAt }) => createdAt < resumedAt).length >= quota;
    if (quotaEverySeconds === null || !isUsedUp || jobs.length > quota) return [];
    return [`${secret} was not used again after its quota of ${quota} was filled up: ${jobs.length} jobs`];
  });
}

/** Successes after which one that errors had turned off must be trusted as before, with many to spare. */
const RAMP = 20;

/** Nothing is held any more, and what errors turned off is back, and serves as much as before. */
function ofTokens({ plan, tokens, turnedOff }: Evidence): readonly string[] {
  const held = tokens.filter(({ counters }) => counters.inFlight > 0).map(({ label }) => label);
  const broken = plan.filter(({ trouble }) => trouble === 'errors').map(({ secret }) => secret);
  const ramping = tokens.filter(({ rampLimit, counters }) => rampLimit !== null && counters.submitted > RAMP);
  const away = tokens.filter(({ state }) => state === 'disabled');
  return [
    ...held.map((label) => `${label} still holds a lease`),
    ...broken.filter((label) => !turnedOff.has(label)).map((label) => `errors did not turn ${label} off`),
    ...ramping.map(({ label, rampLimit }) => `${label} may still serve only ${rampLimit} at once`),
    ...away.map(({ label, reason }) => `${label} did not come back: ${reason ?? 'no reason'}`),
  ];
}
