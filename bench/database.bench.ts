import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { better, single } from './support/database/raw-subjects.js';
import { runCallers, type CallerLoad, type CallerResult } from './support/database/run-callers.js';
import { LARGE, makeDatabase, NOTES } from './support/database/schema.js';
import type { Commit, Subject } from './support/database/subject.js';
import { pooled, typeorm } from './support/database/typeorm-subjects.js';
import { machine } from './support/machine.js';
import { median, quantile } from './support/stats.js';

const ROUNDS = 3;
const FOR_MS = 300;
const WRITES_PER_SECOND = 100;

type Read = 'point' | 'statement' | 'rows' | 'scan';

const READS: Readonly<
  Record<Read, { readonly name: string; readonly call: (on: Subject, index: number) => Promise<unknown> }>
> = {
  point: { name: 'one row', call: (on, index) => on.point(1 + ((index * 7_919) % NOTES)) },
  statement: {
    name: 'one row, by SQL',
    call: (on, index) => on.statement(1 + ((index * 7_919) % NOTES)),
  },
  rows: { name: '1,000 rows', call: (on, index) => on.rows(1 + ((index * 7_919) % (NOTES - LARGE))) },
  scan: { name: 'scan to one row', call: (on, index) => on.scan(String(index % 1_000)) },
};

const READ_LOADS: readonly (readonly [Read, number])[] = [
  ...(['point', 'statement', 'rows'] as const).flatMap((read) =>
    [1, 8, 64].map((callers) => [read, callers] as const),
  ),
  ['scan', 8],
];

/** One line of a table: what the rounds of one subject under one load gave. */
interface Measured {
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly failed: number;
  readonly loopDelay: number;
}

/** Penstock's SQLite driver beside other ways to use SQLite: same schema, same process, rounds that alternate. */
export async function database(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  try {
    const subjects = await openAll(folder);
    console.log(`\n## database\n\n${machine()}; ${String(ROUNDS)} rounds of ${String(FOR_MS)} ms, medians`);
    await compareReads(subjects);
    await compareTransactions(subjects);
    for (const subject of subjects) await subject.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openAll(folder: string): Promise<Subject[]> {
  makeDatabase(join(folder, 'made.db'));
  const copy = async (name: string): Promise<string> => {
    await copyFile(join(folder, 'made.db'), join(folder, name));
    return join(folder, name);
  };
  return [
    await pooled(await copy('pooled.db')),
    await typeorm(await copy('typeorm.db')),
    better(await copy('better.db')),
    await single(await copy('single.db')),
  ];
}

async function compareReads(subjects: readonly Subject[]): Promise<void> {
  console.log('\n### Reads\n');
  console.log(
    '| read | callers | through | p50 / p99 ms | with a writer p50 / p99 ms | p99 ratio | /s | /s with a writer | event loop p99 ms |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [read, callers] of READ_LOADS) {
    const results = await measure(
      subjects.flatMap((on) => [
        { key: `${on.name}, alone`, load: readLoad(on, read, callers) },
        { key: `${on.name}, beside`, load: { ...readLoad(on, read, callers), beside: writer(on) } },
      ]),
    );
    for (const { name } of subjects) {
      const [a, b] = [of(results, `${name}, alone`), of(results, `${name}, beside`)];
      console.log(
        `| ${READS[read].name} | ${String(callers)} | ${name} | ${times(a)} | ${times(b)} | ${(b.p99 / a.p99).toFixed(2)} ` +
          `| ${a.perSecond.toFixed(0)} | ${b.perSecond.toFixed(0)} | ${a.loopDelay.toFixed(1)} |`,
      );
    }
  }
}

const readLoad = (on: Subject, read: Read, callers: number): CallerLoad => ({
  callers,
  forMs: FOR_MS,
  call: (index) => READS[read].call(on, index),
});

const writer = (on: Subject): NonNullable<CallerLoad['beside']> => ({
  perSecond: WRITES_PER_SECOND,
  work: (index) => on.touch(1 + ((index * 10) % NOTES)),
});

async function compareTransactions(subjects: readonly Subject[]): Promise<void> {
  console.log('\n### Transactions (one read, one write)\n');
  console.log('| commit | callers | through | p50 / p99 ms | /s | failed | lost |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const commit of ['plain', 'durable', 'grouped'] as const) {
    for (const callers of [1, 8, 64]) {
      const able = subjects.filter(({ commits }) => commits.includes(commit));
      const before = await tallies(able);
      const results = await measure(
        able.map((on) => ({ key: on.name, load: countLoad(on, commit, callers) })),
      );
      const after = await tallies(able);
      for (const { name } of able) {
        const measured = of(results, name);
        const lost = measured.calls - ((after.get(name) ?? 0) - (before.get(name) ?? 0));
        console.log(
          `| ${commit} | ${String(callers)} | ${name} | ${times(measured)} | ${measured.perSecond.toFixed(0)} ` +
            `| ${String(measured.failed)} | ${String(lost)} |`,
        );
      }
    }
  }
}

const countLoad = (on: Subject, commit: Commit, callers: number): CallerLoad => ({
  callers,
  forMs: FOR_MS,
  call: () => on.count(commit),
});

async function tallies(subjects: readonly Subject[]): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  for (const subject of subjects) values.set(subject.name, await subject.tally());
  return values;
}

type Results = ReadonlyMap<string, Measured>;

/** Rounds go through the cases in turn, so that what else the machine does meets all of them. */
async function measure(
  cases: readonly { readonly key: string; readonly load: CallerLoad }[],
): Promise<Results> {
  const rounds = new Map<string, CallerResult[]>(cases.map(({ key }) => [key, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { key, load } of cases) rounds.get(key)?.push(await runCallers(load));
  }
  return new Map([...rounds].map(([key, results]) => [key, summary(results)]));
}

function summary(results: readonly CallerResult[]): Measured {
  const latency = (share: number): number =>
    median(
      results.map(({ latencies }) =>
        quantile(
          [...latencies].sort((a, b) => a - b),
          share,
        ),
      ),
    );
  return {
    calls: results.reduce((sum, { latencies }) => sum + latencies.length, 0),
    p50: latency(0.5),
    p99: latency(0.99),
    perSecond: median(results.map(({ perSecond }) => perSecond)),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    loopDelay: median(results.map(({ loopDelay }) => loopDelay)),
  };
}

function of(results: Results, name: string): Measured {
  const result = results.get(name);
  if (result === undefined) throw new Error(`${name} was not measured.`);
  return result;
}

const times = ({ p50, p99 }: Measured): string => `${p50.toFixed(2)} / ${p99.toFixed(2)}`;
