/** What the ledger says of a key. */
export interface KeySum {
  readonly key: string;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly seconds: number;
}

/** A generation as the gateway shows it when all have ended. */
export interface EndedGeneration {
  readonly id: string;
  readonly status: string;
  readonly input: { readonly prompt: string; readonly seconds: string };
  readonly error: { readonly code: string } | null;
}

/** A job as the upstream knows it. */
export interface UpstreamJob {
  readonly prompt: string;
  readonly status: string;
}

/** All that was found. */
export interface LedgerEvidence {
  /** What was asked for: the key of each, by its prompt, of which no two are the same. */
  readonly askedBy: ReadonlyMap<string, string>;
  readonly sums: readonly KeySum[];
  readonly generations: readonly EndedGeneration[];
  readonly jobs: readonly UpstreamJob[];
}

/** Where the ledger does not say what happened; nothing when it is right. */
export function ledgerBreaches({ askedBy, sums, generations, jobs }: LedgerEvidence): readonly string[] {
  const breaches: string[] = [];
  const expect = (what: string, got: number, right: number): void => {
    if (got !== right) breaches.push(`${what}: ${String(got)}, but it is ${String(right)}.`);
  };
  expect('Generations', generations.length, askedBy.size);
  for (const key of new Set(askedBy.values())) {
    const own = generations.filter(({ input }) => askedBy.get(input.prompt) === key);
    const sum = sums.find((each) => each.key === key);
    for (const outcome of ['completed', 'failed', 'cancelled'] as const) {
      const right = own.filter(({ status }) => status === outcome).length;
      expect(`The ledger counts as ${outcome} of ${key}`, sum?.[outcome] ?? 0, right);
    }
    const seconds = own.reduce(
      (all, { status, input }) => all + (status === 'completed' ? Number(input.seconds) : 0),
      0,
    );
    expect(`The ledger counts seconds of ${key}`, sum?.seconds ?? 0, seconds);
  }
  const counted = sums.reduce((all, { completed }) => all + completed, 0);
  expect('The ledger counts as completed in all', counted, completedUpstream(generations, jobs));
  return breaches;
}

/** Without the jobs that nobody can tell from lost ones, and those that a cancel came too late for. */
function completedUpstream(generations: readonly EndedGeneration[], jobs: readonly UpstreamJob[]): number {
  const givenUp = new Set(
    generations
      .filter(({ status, error }) => status === 'cancelled' || error?.code === 'submission_unknown')
      .map(({ input }) => input.prompt),
  );
  return jobs.filter(({ status, prompt }) => status === 'completed' && !givenUp.has(prompt)).length;
}
