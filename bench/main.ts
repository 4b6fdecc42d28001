import { parseArgs } from 'node:util';

import { balancer } from './balancer.bench.js';
import { batch } from './batch.bench.js';
import { database } from './database.bench.js';
import { gateway } from './gateway.bench.js';
import { inflight } from './inflight.bench.js';
import { logging } from './logging.bench.js';
import { polling } from './polling.bench.js';
import { printedBy } from './results/printed.js';
import { writeResults } from './results/write-results.js';
import { startup } from './startup.bench.js';
import { upstream } from './upstream.bench.js';

/** Those of the command line. */
interface Options {
  readonly plot?: string | undefined;
  readonly rows?: string | undefined;
  readonly seed?: number | undefined;
  readonly sizes?: readonly number[] | undefined;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  balancer,
  batch,
  database,
  gateway,
  inflight,
  logging,
  polling,
  startup,
  upstream,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    plot: { type: 'string' },
    rows: { type: 'string' },
    seed: { type: 'string' },
    sizes: { type: 'string' },
    out: { type: 'string' },
  },
});
const seed = values.seed === undefined ? undefined : Number(values.seed);
if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= 1_000)) {
  console.error(`--seed must be an integer from 0 to 1000, got ${JSON.stringify(values.seed)}.`);
  process.exit(2);
}
const sizes = values.sizes?.split(',').map(Number);
if (sizes?.every((size) => Number.isInteger(size) && size >= 1 && size <= 1_000_000) === false) {
  console.error(
    `--sizes must be integers from 1 to 1000000 with commas between, got ${JSON.stringify(values.sizes)}.`,
  );
  process.exit(2);
}
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;

for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    break;
  }
  const printed = await printedBy(() => bench({ plot: values.plot, rows: values.rows, seed, sizes }));
  if (values.out !== undefined) await writeResults(values.out, name, printed);
}
