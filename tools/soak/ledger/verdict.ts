import { bookOf, differences, endOf, type Entry, type LedgerRow } from './book.js';

/** A generation as the gateway shows it to an admin when all have ended. */
export interface EndedGeneration {
  readonly id: string;
  readonly status: string;
  readonly model: string;
  readonly tokenId: string | null;
  readonly createdAt: string;
  readonly input: { readonly prompt: string; readonly seconds: string };
  readonly error: { readonly code: string } | null;
}

/** A job as the upstream knows it. */
export interface UpstreamJob {
  readonly prompt: string;
  readonly model: string;
  readonly seconds: string;
  readonly secret: string;
  readonly status: string;
}

/** All that was found. */
export interface LedgerEvidence {
  /** What was asked for: the key of each, by its prompt, of which no two are the same. */
  readonly askedBy: ReadonlyMap<string, string>;
  /** Which secret each token has, by its id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Of the ledger, by day, key, token and model. */
  readonly rows: readonly LedgerRow[];
  readonly generations: readonly EndedGeneration[];
  readonly jobs: readonly UpstreamJob[];
}

/** What the upstream completed, by what became of it here. */
export interface UpstreamCount {
  readonly all: number;
  readonly completed: number;
  /** Nobody can tell whether it was begun: its answer was lost, and the gateway says so. */
  readonly unknown: number;
  /** The cancel came too late. */
  readonly cancelled: number;
}

/** Where the ledger does not say what happened; nothing when it is right. */
export function ledgerBreaches(evidence: LedgerEvidence): readonly string[] {
  const { askedBy, generations, rows } = evidence;
  const asked = generations.length === askedBy.size ? [] : [`${String(generations.length)} generations.`];
  const open = generations.filter(({ status }) => endOf(status) === null).length;
  const shown = generations.map((each) => ({
    day: each.createdAt.slice(0, 10),
    key: askedBy.get(each.input.prompt) ?? 'nobody',
    token: each.tokenId,
    model: each.model,
    end: endOf(each.status),
    seconds: Number(each.input.seconds),
  }));
  return [
    ...asked.map((got) => `${got} ${String(askedBy.size)} were asked for.`),
    ...(open === 0 ? [] : [`${String(open)} generations have not ended.`]),
    ...differences('the generations say', rows, bookOf(shown)),
    ...againstUpstream(evidence),
  ];
}

/** What the upstream completed. */
export function countUpstream({ generations, jobs }: LedgerEvidence): UpstreamCount {
  const ends = new Map(generations.map((each) => [each.input.prompt, each]));
  const count = (is: (generation: EndedGeneration | undefined) => boolean): number =>
    jobs.filter(({ status, prompt }) => status === 'completed' && is(ends.get(prompt))).length;
  return {
    all: count(() => true),
    completed: count((each) => each?.status === 'completed'),
    unknown: count((each) => each?.error?.code === 'submission_unknown'),
    cancelled: count((each) => each?.status === 'cancelled'),
  };
}

/** The completed of the ledger and their seconds are those of the upstream, but for what is explained. */
function againstUpstream(evidence: LedgerEvidence): readonly string[] {
  const { jobs, rows } = evidence;
  const used = rows.map((row) => ({ ...row, failed: 0, cancelled: 0 }));
  const prompts = jobs.map(({ prompt }) => prompt);
  const twice = prompts.length - new Set(prompts).size;
  return [
    ...differences('the upstream says', used, bookOf(madeUpstream(evidence))),
    ...(twice === 0 ? [] : [`The upstream was asked again for ${String(twice)} that it had.`]),
  ];
}

function madeUpstream({ generations, jobs, askedBy, secrets }: LedgerEvidence): readonly Entry[] {
  const ends = new Map(generations.map((each) => [each.input.prompt, each]));
  const tokens = new Map([...secrets].map(([id, secret]) => [secret, id]));
  return jobs
    .filter(({ status, prompt }) => status === 'completed' && !isExplained(ends.get(prompt)))
    .map(({ prompt, model, seconds, secret }) => ({
      day: ends.get(prompt)?.createdAt.slice(0, 10) ?? 'never',
      key: askedBy.get(prompt) ?? 'nobody',
      token: tokens.get(secret) ?? secret,
      model,
      end: 'completed',
      seconds: Number(seconds),
    }));
}

/** Why the ledger does not count what the upstream completed. */
const isExplained = (end: EndedGeneration | undefined): boolean =>
  end?.status === 'cancelled' || end?.error?.code === 'submission_unknown';
