import { writeFile } from 'node:fs/promises';

import { compare } from './polling/comparison.js';
import { crowdTable } from './polling/crowds.js';
import { plotOf } from './polling/plot.js';
import { POPULATIONS } from './polling/populations.js';
import { stuckAtZero, steady } from './polling/progress.js';
import { recoveryAfterDoubling } from './polling/recovery.js';
import { meanTable, populationTable, scheduleTable, targetTable } from './polling/report.js';
import { speedOf } from './polling/speed.js';
import { machine } from './support/machine.js';

const EFFORT = { measured: 400, runs: 20, law: 10_000 } as const;
const RECOVERY_RUNS = 20;
/** Seeds of one run of the bench. */
const SEEDS = 100_000;

/**
 * When to poll, in a simulation that takes no time and is the same for the same code: delay at as many polls as the
 * baseline makes (D) and polls at as much delay (P).
 *
 * @param plot - a file for the picture, as SVG
 * @param seed - other jobs for another one. @defaultValue 0
 */
export async function polling({
  plot,
  seed = 0,
}: {
  readonly plot?: string | undefined;
  readonly seed?: number | undefined;
}): Promise<void> {
  const populations = POPULATIONS.map((population) => ({
    ...population,
    source: (run: number) => population.source(run + SEEDS * seed),
  }));
  const comparisons = populations.map((population) => compare(population, EFFORT));
  const recovery = Math.max(
    recoveryAfterDoubling(stuckAtZero, RECOVERY_RUNS, SEEDS * seed),
    recoveryAfterDoubling(steady(1), RECOVERY_RUNS, SEEDS * seed),
  );
  const { decisionUs, completionUs } = speedOf();
  const tables = [
    targetTable(comparisons, recovery),
    meanTable(comparisons),
    populationTable(comparisons),
    scheduleTable(comparisons),
    await crowdTable(seed),
  ];
  console.log(`\n## polling (seed ${String(seed)})`);
  for (const table of tables) console.log(`\n${table.join('\n')}`);
  console.log(
    `\n${machine()}: ${decisionUs.toFixed(1)} us a decision, ${completionUs.toFixed(0)} us a completion`,
  );
  if (plot !== undefined) await writeFile(plot, plotOf(comparisons));
}
