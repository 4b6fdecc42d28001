import { measure, type Measure } from './inflight/measure.js';
import {
  costTable,
  delayTable,
  disturbanceTable,
  resumeTable,
  steadyTable,
  targetTable,
} from './inflight/report.js';
import { schedulingCost, type SchedulingCost } from './inflight/scheduling-cost.js';
import { machine } from './support/machine.js';

const SIZES = [1_000, 10_000, 50_000];

/**
 * What generations in flight cost: the gateway on a SQLite file, and the simulator, each in a process of its own. Jobs go on for 20
 * minutes with progress by 1 %, and one in twenty ends meanwhile.
 *
 * @param sizes - how many are in flight. @defaultValue 1,000, 10,000 and 50,000
 */
export async function inflight({
  sizes = SIZES,
}: {
  readonly sizes?: readonly number[] | undefined;
}): Promise<void> {
  const costs: SchedulingCost[] = [];
  for (const inFlight of sizes) costs.push(await schedulingCost(inFlight));
  const measures: Measure[] = [];
  for (const inFlight of sizes)
    for (const lists of [true, false]) {
      console.error(`inflight: ${String(inFlight)} ${lists ? 'in lists' : 'one by one'}`);
      measures.push(await measure({ inFlight, lists }));
    }
  console.log(`\n## inflight\n\n${machine()}; one run of 30 s each`);
  const tables = [
    ...[targetTable(measures, costs), steadyTable(measures), delayTable(measures), resumeTable(measures)],
    ...[costTable(costs), disturbanceTable(measures)],
  ];
  for (const table of tables) if (table.length > 0) console.log(`\n${table.join('\n')}`);
}
