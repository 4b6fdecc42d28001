import { writeFile } from 'node:fs/promises';

import { compare } from './polling/comparison.js';
import { plotOf } from './polling/plot.js';
import { POPULATIONS } from './polling/populations.js';
import { stuckAtZero, steady } from './polling/progress.js';
import { recoveryAfterDoubling } from './polling/recovery.js';
import { meanTable, populationTable, scheduleTable, targetTable } from './polling/report.js';
import { speedOf } from './polling/speed.js';
import { machine } from './support/machine.js';

const EFFORT = { measured: 400, runs: 20, law: 10_000 } as const;
const RECOVERY_RUNS = 20;

/**
 * When to poll, in a simulation that takes no time and is the same for the same code: delay at as many polls as the
 * baseline makes (D) and polls at as much delay (P).
 *
 * @param plot - a file for the picture, as SVG
 */
export async function polling({ plot }: { readonly plot?: string }): Promise<void> {
  const comparisons = POPULATIONS.map((population) => compare(population, EFFORT));
  const recovery = Math.max(
    recoveryAfterDoubling(stuckAtZero, RECOVERY_RUNS),
    recoveryAfterDoubling(steady(1), RECOVERY_RUNS),
  );
  const { decisionUs, completionUs } = speedOf();
  const tables = [
    targetTable(comparisons, recovery),
    meanTable(comparisons),
    populationTable(comparisons),
    scheduleTable(comparisons),
  ];
  console.log('\n## polling');
  for (const table of tables) console.log(`\n${table.join('\n')}`);
  console.log(
    `\n${machine()}: ${decisionUs.toFixed(1)} us a decision, ${completionUs.toFixed(0)} us a completion`,
  );
  if (plot !== undefined) await writeFile(plot, plotOf(comparisons));
}
