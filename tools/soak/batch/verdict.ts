import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';
import { firstCalls, leastSpanOf, mostAtOnce } from './first-calls.js';
import type { PlannedToken, Trouble } from './plan.js';

/** The batch as the gateway tells of it at the end. */
export interface EndedBatch {
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, number>>;
  readonly changes: Readonly<Record<string, number>>;
}

/** What it says of one token. */
export interface EndedItem {
  readonly tokenId: string | null;
  readonly result: string | null;
}

/** A token as the gateway tells of it at the end; its label is its secret. */
export interface EndedToken {
  readonly id: string;
  readonly label: string;
  readonly state: string;
}

/** Everything that a run can be judged by. */
export interface Evidence {
  readonly plan: readonly PlannedToken[];
  readonly concurrency: number;
  readonly intervalMs: number;
  readonly batch: EndedBatch;
  readonly items: readonly EndedItem[];
  readonly tokens: readonly EndedToken[];
  /** What the upstream saw, oldest first. */
  readonly calls: readonly CallRecord[];
}

const RESULTS: Readonly<Record<Trouble, string>> = {
  none: 'valid',
  slow: 'valid',
  dead: 'invalid',
  limited: 'token_unanswered',
};
const STATES: Readonly<Record<Trouble, string>> = {
  none: 'ready',
  slow: 'ready',
  dead: 'disabled',
  limited: 'cooling',
};
/** So many starts in a row are looked at together, since a busy machine shifts single ones. */
const ROWS = [10, 50, Infinity];
/** How much later than it began a call may arrive, on a busy machine. */
const ON_ITS_WAY_MS = 400;

/** What went against the rules; nothing of a run that is good. */
export function breachesOf(evidence: Evidence): readonly string[] {
  return [...ofItems(evidence), ...ofSums(evidence), ...ofPace(evidence)];
}

/** Each token has the result and the state that its upstream made it have. */
function ofItems({ plan, items, tokens }: Evidence): readonly string[] {
  const secrets = new Map(tokens.map(({ id, label }) => [id, label]));
  const found = new Map(items.map(({ tokenId, result }) => [secrets.get(tokenId ?? ''), result]));
  const states = new Map(tokens.map(({ label, state }) => [label, state]));
  const unlike = (what: string, secret: string, got: string | null | undefined, truth: string) =>
    got === truth ? [] : [`${secret} ${what} ${got ?? 'unknown'}, upstream it is ${truth}`];
  const wrong = plan.flatMap(({ secret, trouble }) => [
    ...unlike('was found', secret, found.get(secret), RESULTS[trouble]),
    ...unlike('ended as', secret, states.get(secret), STATES[trouble]),
  ]);
  const twice = items.length - found.size;
  return twice === 0 ? wrong : [...wrong, `${twice} results too many`];
}

/** The report says what the upstream knows. */
function ofSums({ plan, batch }: Evidence): readonly string[] {
  const count = (result: string): number => plan.filter((one) => RESULTS[one.trouble] === result).length;
  const expected: readonly (readonly [string, number | undefined, number])[] = [
    ...['valid', 'invalid', 'token_unanswered'].map(
      (result) => [result, batch.results[result], count(result)] as const,
    ),
    ['items', batch.counts['total'], plan.length],
    ['disabled', batch.changes['disabled'], count('invalid')],
  ];
  const state = batch.state === 'completed' ? [] : [`the batch is ${batch.state}`];
  const wrong = expected.filter(([, got, truth]) => (got ?? 0) !== truth);
  return [
    ...state,
    ...wrong.map(([what, got, truth]) => `the report says ${got ?? 0} ${what}, the truth is ${truth}`),
  ];
}

function ofPace({ plan, calls, concurrency, intervalMs }: Evidence): readonly string[] {
  const first = firstCalls(calls);
  const most = mostAtOnce(first);
  const rows = new Set(ROWS.map((row) => Math.min(row, plan.length)));
  const hasty = [...rows].filter((row) => leastSpanOf(first, row) < (row - 1) * intervalMs - ON_ITS_WAY_MS);
  return [
    ...(first.length === plan.length ? [] : [`${first.length} of ${plan.length} tokens were asked`]),
    ...(most <= concurrency ? [] : [`${most} were asked at once, at most ${concurrency} may be`]),
    ...hasty.map((row) => `${row} tests began within ${leastSpanOf(first, row)} ms, ${intervalMs} ms apart`),
  ];
}
