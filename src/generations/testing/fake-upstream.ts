import type { Clock } from 'penstock/kernel';
import {
  ProviderError,
  type JobSnapshot,
  type LostAttempt,
  type ProviderFailure,
  type Reconciliation,
  type SubmitRequest,
  type SubmittedJob,
} from 'penstock/plugin-api';

/**
 * What a submission comes to. `job`: it is accepted. `given`: it is done, with its file. `lost`: the answer is lost. `thrown`: the provider breaks.
 * `silence`: there is no answer ever, and no heed is paid to the signal. A failure: it is refused.
 */
export interface SubmitPlan {
  readonly answer: 'job' | 'given' | 'lost' | 'thrown' | 'silence' | ProviderFailure;
  /** Whether a job is made all the same. */
  readonly creates?: boolean;
  /** Until the answer, in milliseconds; the job is made after it. */
  readonly delayMs?: number;
}

/** What a poll comes to: a progress, an end (which lasts), a word of a moment, or a failure. */
export type PollPlan =
  number | 'completed' | 'failed' | 'cancelled' | 'not_found' | 'thrown' | 'silence' | ProviderFailure;

/** A job of the upstream. */
export interface FakeJob {
  readonly id: string;
  readonly prompt: string;
  readonly attemptId: string;
  readonly tokenId: string;
  readonly remixOf: string | null;
  readonly plan: PollPlan[];
  end: 'completed' | 'failed' | 'cancelled' | null;
}

const never = (): Promise<never> => new Promise(() => undefined);
const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** An upstream that does what it is told, and the witness of what the engine did. It outlives engines. */
export class FakeUpstream {
  readonly jobs: FakeJob[] = [];
  /** Every call, such as `submit a cat`. */
  readonly calls: string[] = [];
  /** Where each submission said to call back. */
  readonly callbackUrls: (string | undefined)[] = [];
  /** Taken by the next submissions, one each; afterwards each is accepted. */
  readonly submissions: SubmitPlan[] = [];
  /** Taken by the next jobs, one each; afterwards jobs are completed at the first poll. */
  readonly plans: PollPlan[][] = [];
  /** How looks for lost submissions end. `honest` tells what is, and promises only what is sure. */
  reconciling: 'honest' | 'blind' | 'broken' | 'silent' = 'honest';
  cancelling: 'works' | 'refuses' | 'silent' = 'works';
  /** Credentials that polls are refused with. */
  readonly refusedSecrets = new Set<string>();
  /** What a renewal gives; `null` refuses it. */
  renewed: string | null = null;
  /** Told of each submission as it comes in. */
  onSubmit: (tokenId: string, prompt: string) => void = () => undefined;
  readonly #underWay = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /** From now on everything works, and no job takes long. */
  becomeKind(): void {
    this.submissions.length = 0;
    this.plans.length = 0;
    this.reconciling = 'honest';
    this.cancelling = 'works';
    for (const { plan } of this.jobs) plan.length = 0;
  }

  jobsOf(prompt: string): readonly FakeJob[] {
    return this.jobs.filter((job) => job.prompt === prompt);
  }

  /** How many calls began with these words. */
  count(words: string): number {
    return this.calls.filter((call) => call.startsWith(words)).length;
  }

  submit(request: SubmitRequest, tokenId: string, remixOf: string | null): Promise<SubmittedJob> {
    const { prompt, attemptId } = request;
    this.calls.push(`${remixOf === null ? 'submit' : 'remix'} ${prompt}`);
    this.callbackUrls.push(request.callbackUrl);
    this.onSubmit(tokenId, prompt);
    const plan = this.submissions.shift() ?? { answer: 'job' };
    if (plan.answer === 'thrown') {
      if (plan.creates === true) this.#create(request, tokenId, remixOf);
      throw new TypeError('Cannot read properties of undefined');
    }
    this.#underWay.add(attemptId);
    return this.#answer(plan, () => this.#create(request, tokenId, remixOf)).finally(() =>
      this.#underWay.delete(attemptId),
    );
  }

  async poll(jobId: string): Promise<JobSnapshot> {
    const job = this.jobs.find(({ id }) => id === jobId);
    this.calls.push(`poll ${job?.prompt ?? jobId}`);
    if (job === undefined) return snapshot('not_found');
    return job.end === null ? this.#next(job) : snapshot(job.end);
  }

  /** One call for many jobs. What fails for one fails for all; a job that is not known is not listed. */
  async pollMany(jobIds: readonly string[]): Promise<ReadonlyMap<string, JobSnapshot>> {
    this.calls.push(`list ${String(jobIds.length)}`);
    const snapshots = new Map<string, JobSnapshot>();
    for (const job of this.jobs.filter(({ id }) => jobIds.includes(id))) {
      const state = job.end === null ? await this.#next(job) : snapshot(job.end);
      if (state.status !== 'not_found') snapshots.set(job.id, state);
    }
    return snapshots;
  }

  async #next(job: FakeJob): Promise<JobSnapshot> {
    const next = job.plan.shift() ?? 'completed';
    if (typeof next === 'number') return snapshot('in_progress', next);
    if (next === 'silence') return never();
    if (next === 'thrown') throw new TypeError('undefined is not iterable');
    if (typeof next === 'object') throw new ProviderError(next, `refused: ${next.kind}`);
    job.end = ENDS.find((end) => end === next) ?? null;
    return snapshot(next);
  }

  async cancel(jobId: string): Promise<void> {
    const job = this.jobs.find(({ id }) => id === jobId);
    this.calls.push(`cancel ${job?.prompt ?? jobId}`);
    if (this.cancelling === 'silent') return never();
    if (this.cancelling === 'refuses')
      throw new ProviderError({ kind: 'transient', retryAfterMs: null }, 'not now');
    if (job !== undefined) job.end ??= 'cancelled';
  }

  async reconcile(attempt: LostAttempt): Promise<Reconciliation> {
    this.calls.push(`reconcile ${attempt.prompt}`);
    if (this.reconciling === 'silent') return never();
    if (this.reconciling === 'broken') throw new Error('The list of jobs is broken.');
    if (this.reconciling === 'blind') return { outcome: 'unknown' };
    const job = this.jobs.find(({ attemptId }) => attemptId === attempt.attemptId);
    if (job === undefined) return { outcome: this.#underWay.has(attempt.attemptId) ? 'unknown' : 'absent' };
    if (await attempt.isClaimed(job.id)) return { outcome: 'unknown' };
    return { outcome: 'found', job: { jobId: job.id, snapshot: snapshot('queued') } };
  }

  async #answer(plan: SubmitPlan, create: () => SubmittedJob): Promise<SubmittedJob> {
    if (plan.delayMs !== undefined) await this.clock.sleep(plan.delayMs);
    const { answer } = plan;
    if (answer === 'job') return create();
    if (answer === 'given') return this.#give(create());
    if (plan.creates === true) create();
    if (answer === 'silence') return never();
    const failure = typeof answer === 'object' ? answer : ({ kind: 'ambiguous' } as const);
    throw new ProviderError(failure, `refused: ${failure.kind}`);
  }

  #give({ jobId }: SubmittedJob): SubmittedJob {
    const job = this.jobs.find(({ id }) => id === jobId);
    if (job !== undefined) job.end = 'completed';
    return { jobId, snapshot: snapshot('completed'), content: [Buffer.from('png')] };
  }

  #create({ prompt, attemptId }: SubmitRequest, tokenId: string, remixOf: string | null): SubmittedJob {
    const id = `job-${this.jobs.length + 1}`;
    const plan = this.plans.shift() ?? [];
    this.jobs.push({ id, prompt, attemptId, tokenId, remixOf, plan, end: null });
    return { jobId: id, snapshot: snapshot('queued') };
  }
}

/** The state of a job in the words of a provider. */
export function snapshot(
  status: JobSnapshot['status'],
  progress: number | null = null,
  changes: Partial<JobSnapshot> = {},
): JobSnapshot {
  const assets = status === 'completed' ? [{ name: 'video', contentType: 'video/mp4', bytes: 3 }] : [];
  return { status, progress, assets, error: null, pollAfterMs: null, ...changes };
}
