import { parseArgs } from 'node:util';

import { balancer } from './balancer.bench.js';
import { batch } from './batch.bench.js';
import { database } from './database.bench.js';
import { gateway } from './gateway.bench.js';
import { polling } from './polling.bench.js';

/** Those of the command line. */
interface Options {
  readonly plot?: string;
  readonly rows?: string;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  balancer,
  batch,
  database,
  gateway,
  polling,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { plot: { type: 'string' }, rows: { type: 'string' } },
});
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;

for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    break;
  }
  await bench(values);
}
